using System.CommandLine;
using Ropewalk.Lab.Doctor;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk doctor: what each engine would do with a checkpoint's position settings.</summary>
internal static class DoctorCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = new Argument<string>("MODEL|config.json") { Description = "Hugging Face folder, GGUF file, or a config.json alone. No weights are read." };
        var config = new Option<string?>("--config") { HelpName = "FILE", Description = "A config to judge in place of MODEL's own, e.g. one that you are about to write. Default: MODEL's." };
        var json = Options.Json();
        var command = new Command("doctor", "Tell what Transformers, vLLM, llama.cpp and Ropewalk would each do with a checkpoint's position settings, and what to write instead. Exit code 1 if there is anything to repair. Example: ropewalk doctor my-model")
        {
            model, config, json,
        };
        command.SetAction(parsed => CommandHost.Run(error, null, _ =>
        {
            var diagnosis = ModelDoctor.Examine(parsed.GetValue(model)!, parsed.GetValue(config));
            if (parsed.GetValue(json))
            {
                output.Write(ResultJson.Serialize(DoctorRecord.Of(diagnosis)));
            }
            else
            {
                DoctorTable.Write(output, diagnosis);
            }

            return diagnosis.HasProblems ? ExitCodes.CheckFailed : ExitCodes.Done;
        }));
        return command;
    }
}
