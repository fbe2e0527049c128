using System.CommandLine;
using System.Diagnostics;
using Ropewalk.Engine.Generation;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Engine.Tokenization.Chat;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk generate: continue a prompt.</summary>
internal static class GenerateCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = Options.Model();
        var prompt = new Option<string>("--prompt") { HelpName = "TEXT", Description = "Text to continue.", Required = true };
        var chat = new Option<bool>("--chat") { Description = "Take the prompt as a user's message and write it as the model's chat template does. Special tokens inside of it are text." };
        var system = new Option<string?>("--system") { HelpName = "TEXT", Description = "With --chat: a system message before it." };
        var maxTokens = new Option<int>("--max-tokens") { HelpName = "TOKENS", Description = "Tokens to generate at most.", DefaultValueFactory = _ => 128 };
        var temperature = new Option<double>("--temperature") { HelpName = "T", Description = "0 takes the likeliest token each time.", DefaultValueFactory = _ => 0 };
        var seed = Options.Seed();
        var scaling = Options.Scaling();
        var plan = Options.Plan();
        var factors = new Option<string>("--factors-by")
        {
            HelpName = "POLICY",
            Description = "Which factors, where they depend on the length: by-sequence (prompt and --max-tokens together, decided once), pin-long, pin-short, at-boundary (those for the tokens so far; when they change, all tokens are run again) or at-boundary-turn (the same, but keys are turned on in place: faster, not exact).",
            DefaultValueFactory = _ => "by-sequence",
        };
        var json = Options.Json();
        var threads = Options.Threads();
        var mmap = Options.Mmap();
        var cacheType = new Option<string>("--cache-type")
        {
            HelpName = "TYPE",
            Description = "Numbers of the key-value cache: f32 (exact), f16 or bf16 (half the memory, faster far into a text).",
            DefaultValueFactory = _ => "f32",
        };
        var command = new Command("generate", "Continue a prompt. Example: ropewalk generate my-model --prompt \"Once upon a time\" --max-tokens 200")
        {
            model, prompt, chat, system, maxTokens, temperature, seed, scaling, plan, factors, json, threads, mmap, cacheType,
        };
        command.SetAction(parsed => CommandHost.Run(error, parsed.GetValue(threads), stop =>
        {
            var heat = parsed.GetValue(temperature);
            if (!double.IsFinite(heat) || heat < 0)
            {
                throw new UserInputException($"--temperature: found {heat}, expected 0 or more");
            }

            if (parsed.GetValue(system) is not null && !parsed.GetValue(chat))
            {
                throw new UserInputException("--system: found it without --chat, expected both: a prompt alone has no system message");
            }

            var numbers = parsed.GetValue(cacheType) switch
            {
                "f32" => GgmlType.F32,
                "f16" => GgmlType.F16,
                "bf16" => GgmlType.BF16,
                var other => throw new UserInputException($"--cache-type: found '{other}', expected f32, f16 or bf16"),
            };
            var policy = parsed.GetValue(factors) switch
            {
                "by-sequence" => SwitchPolicy.BySequence,
                "pin-long" => SwitchPolicy.PinLong,
                "pin-short" => SwitchPolicy.PinShort,
                "at-boundary" => SwitchPolicy.AtBoundary,
                "at-boundary-turn" => SwitchPolicy.AtBoundaryTurn,
                var other => throw new UserInputException($"--factors-by: found '{other}', expected by-sequence, pin-long, pin-short, at-boundary or at-boundary-turn"),
            };
            var limit = Options.AtLeast("--max-tokens", parsed.GetValue(maxTokens), 1);
            using var loaded = ModelLoader.Load(parsed.GetValue(model)!, parsed.GetValue(mmap));
            var tokenizer = Tokenizer.Load(parsed.GetValue(model)!);
            ExtendJob.RequireTokensInVocabulary(tokenizer, loaded, parsed.GetValue(model)!);
            var stopTokens = StopTokens.Of(parsed.GetValue(model)!, tokenizer, loaded.Shape.VocabularySize);
            var rule = Scalings.Choose(parsed.GetValue(scaling), parsed.GetValue(plan), loaded);
            var ids = parsed.GetValue(chat)
                ? Conversation(parsed.GetValue(model)!, tokenizer, parsed.GetValue(system), parsed.GetValue(prompt)!)
                : tokenizer.Encode(parsed.GetValue(prompt)!, matchSpecialTokens: false);
            if (ids.Length == 0)
            {
                throw new UserInputException("--prompt: found an empty text, and this tokenizer puts no token in front of it; expected at least one token");
            }

            var length = ids.Length + (long)limit;
            if (length > int.MaxValue / 2)
            {
                throw new UserInputException($"--max-tokens: found {limit}, expected at most {(int.MaxValue / 2) - ids.Length}");
            }

            var isJson = parsed.GetValue(json);
            if (rule.Name == "none" && length > loaded.Rope.MaximumContext)
            {
                error.WriteLine($"note: {length:N0} tokens are more than the model's window of {loaded.Rope.MaximumContext:N0}, and no scaling is in force");
            }

            var random = new CounterRandom(parsed.GetValue(seed)).Fork(3);
            var decoder = new StreamingDecoder(tokenizer, skipSpecialTokens: true, continuesText: true);
            var generated = new List<int>();
            var text = new System.Text.StringBuilder();
            var start = Stopwatch.GetTimestamp();
            void Emit(string piece)
            {
                text.Append(piece);
                if (!isJson)
                {
                    output.Write(piece);
                    output.Flush();
                }
            }

            foreach (var id in TextGenerator.Generate(loaded, rule, ids, limit, new Sampler(heat, random.NextDouble), stopTokens, policy, numbers, stop))
            {
                generated.Add(id);
                Emit(decoder.Append(id));
            }

            Emit(decoder.Flush());
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (isJson)
            {
                output.Write(ResultJson.Serialize(new
                {
                    Model = loaded.Name,
                    Scaling = rule.Scaling.Spec,
                    Plan = rule.Plan.Spec,
                    Text = text.ToString(),
                    Tokens = generated,
                    PromptTokens = ids.Length,
                    FinishReason = generated.Count == limit ? "length" : "stop",
                    Seconds = seconds,
                }));
            }
            else
            {
                output.WriteLine();
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    private static int[] Conversation(string model, Tokenizer tokenizer, string? system, string prompt)
    {
        var user = new ChatMessage("user", prompt);
        return ChatTemplate.Load(model).Encode(tokenizer, system is null ? [user] : [new ChatMessage("system", system), user]);
    }
}
