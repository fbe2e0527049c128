using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Tests.EndToEnd;

namespace Ropewalk.Tests.Peer;

/// <summary>The shared models as both sides read them, and a text that they know.</summary>
internal static class PeerText
{
    /// <summary>The GGUF file beside the model's folder.</summary>
    public static string Gguf(string model) => SharedData.Path("data", "models", $"{model}.gguf");

    /// <summary>The first tokens of the stories.</summary>
    public static int[] Tokens(string model, int count) =>
        Tokenizer.Load(SharedData.Path("data", "models", model)).Encode(TextFile.Read(Command.Stories))[..count];
}
