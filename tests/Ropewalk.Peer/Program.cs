using System.Text.Json;
using Ropewalk.Peer;
using Ropewalk.Peer.Commands;

// 0: done, 2: the input cannot be used, 3: llama.cpp itself is missing, other than expected, or gave up.
try
{
    var command = args.Length == 0 ? "" : args[0];
    var rest = new Arguments(args.Skip(1));
    var result = command switch
    {
        "logits" => LogitsCommand.Run(rest),
        "embed" => EmbedCommand.Run(rest),
        "loss" => LossCommand.Run(rest),
        "tokenize" => TokenizeCommand.Run(rest),
        "detokenize" => DetokenizeCommand.Run(rest),
        "quantize" => QuantizeCommand.Run(rest),
        "bench" => BenchCommand.Run(rest),
        "info" => InfoCommand.Run(rest),
        _ => throw new PeerInputException($"command: found \"{command}\", expected logits, embed, loss, tokenize, detokenize, quantize, bench or info"),
    };
    Console.Out.WriteLine(result.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    return 0;
}
catch (PeerInputException e)
{
    Console.Error.WriteLine($"ropewalk-peer: {e.Message}");
    return 2;
}
catch (LibraryException e)
{
    Console.Error.WriteLine($"ropewalk-peer: {e.Message}");
    return 3;
}
