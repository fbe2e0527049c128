using System.Text;
using Ropewalk.Lab.Runs.Records;

namespace Ropewalk.Tests.Durability;

/// <summary>The checksum against published values: the check value of the CRC catalogue and the iSCSI standard's examples (RFC 3720, B.4).</summary>
public sealed class Crc32CTests
{
    [Fact]
    public void Published_values()
    {
        Assert.Equal(0xE3069283u, Crc32C.Of(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Crc32C.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0x113FDB5Cu, Crc32C.Of([.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))]));
        Assert.Equal(0u, Crc32C.Of([]));
    }
}
