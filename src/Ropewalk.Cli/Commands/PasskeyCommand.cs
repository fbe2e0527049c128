using System.CommandLine;
using Ropewalk.Lab.Retrieval;
using Ropewalk.Positions;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk passkey: a number hidden in irrelevant text, over lengths and depths.</summary>
internal static class PasskeyCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var set = new RetrievalOptionSet();
        var template = new Option<string>("--template")
        {
            HelpName = "NAME",
            Description = "Whose prompt: longrope (task description, five repeated sentences), landmark (the same in steps of 128 characters, as in the YaRN repository) or story (no description, in generated stories or --haystack: shorter).",
            DefaultValueFactory = _ => "longrope",
        };
        var command = set.On("passkey", "Hide a pass key of five digits in irrelevant text and ask for it, over window lengths and depths. Example: ropewalk passkey my-model --lengths 4096,8192,16384 --scaling yarn:4 --out passkey-yarn");
        command.Add(template);
        command.SetAction(parsed => CommandHost.Run(error, parsed.GetValue(set.Threads), stop =>
        {
            var prompt = parsed.GetValue(template) switch
            {
                "longrope" => PasskeyTemplate.Longrope,
                "landmark" => PasskeyTemplate.Landmark,
                "story" => PasskeyTemplate.Story,
                var other => throw new UserInputException($"--template: found \"{other}\", expected longrope, landmark or story"),
            };
            if (prompt != PasskeyTemplate.Story && parsed.GetValue(set.Haystack) is not null)
            {
                throw new UserInputException($"--haystack: found it with --template {parsed.GetValue(template)}, which brings its own text; expected --template story");
            }

            return RetrievalHost.Run(set, parsed, prose => new PasskeyTask(prompt, prose), output, error, stop);
        }));
        return command;
    }
}
