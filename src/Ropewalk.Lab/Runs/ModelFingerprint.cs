using System.Security.Cryptography;
using System.Text;
using Ropewalk.Lab.Runs.Records;

namespace Ropewalk.Lab.Runs;

/// <summary>Tells two checkpoints apart by all that a job reads of them. A job that makes a model on its way records it, and so notices when it is
/// continued with another one.</summary>
public static class ModelFingerprint
{
    // A journal holds float64, in which whole numbers of 48 bits are exact.
    private const int BytesOfPart = 6;

    /// <summary>SHA-256 over the hashes of weights, config and tokenizer, lower-case hex; where the folder lies decides nothing.</summary>
    public static string Of(string model) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', InputHashes.Of(model, []).Select(p => $"{Path.GetFileName(p.Key)} {p.Value}")))));

    /// <summary>The same as numbers.</summary>
    public static double[] Numbers(string model) =>
        [.. Convert.FromHexString(Of(model)).Chunk(BytesOfPart).Select(part => part.Aggregate(0d, (sum, b) => (256 * sum) + b))];

    /// <summary>Refuses a model that is not the one that was recorded.</summary>
    /// <param name="model">Its folder.</param>
    /// <param name="recorded">What <see cref="Numbers"/> gave then.</param>
    /// <exception cref="RunFolderException">It is another.</exception>
    public static void Require(string model, double[] recorded)
    {
        if (!Numbers(model).AsSpan().SequenceEqual(recorded))
        {
            throw new RunFolderException(model, "SHA-256", "another model", "the one that this run made or was given there", "put it back, or remove the folder where the run made it itself, which makes it again");
        }
    }
}
