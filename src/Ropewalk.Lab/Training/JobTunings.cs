using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Training;

/// <summary>The models that a study tunes: each made when it is first needed and recorded by its hash, so that a study that is continued notices another one.</summary>
/// <param name="options">What is asked.</param>
/// <param name="model">The model before all tuning.</param>
/// <param name="texts">Texts.</param>
/// <param name="records">The study's.</param>
/// <param name="reporter">Hears how it goes.</param>
/// <param name="stop">Ends a tuning after the step at work.</param>
internal sealed class JobTunings(TuningJobOptions options, JobModel model, JobTexts texts, RunFolder records, IJobReporter reporter, CancellationToken stop)
{
    private const string Folder = "tuned";

    /// <summary>A tuned model.</summary>
    /// <param name="name">Its folder; the same one may be asked for more than once.</param>
    /// <param name="recordedAs">Its name in the records, once in a study.</param>
    /// <param name="argument">What it is recorded under.</param>
    /// <param name="tokens">Tokens.</param>
    /// <param name="length">Window.</param>
    /// <param name="scaling">The encoding.</param>
    public OpenedModel Open(string name, string recordedAs, double argument, long tokens, int length, RopeScaling scaling)
    {
        var tuning = ModelTuning.Of(options, model, texts, length, tokens, scaling);
        string Make() => tuning.Run(Path.Combine(options.Out, Folder, name), new NamedReporter(reporter, name), stop);
        var recorded = records.Values($"tuned {recordedAs}", [argument], tokens, _ => ModelFingerprint.Numbers(Make()));
        return new OpenedModel(() =>
        {
            var made = Make();
            ModelFingerprint.Require(made, recorded);
            return made;
        });
    }
}
