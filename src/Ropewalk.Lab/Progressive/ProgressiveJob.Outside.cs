using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Export;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Training;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Progressive;

/// <content>Tunings that another program does.</content>
public sealed partial class ProgressiveJob
{
    private const string OutsideFolder = "outside";

    /// <summary>Takes the folder that came back, or writes what the other program needs and stops.</summary>
    /// <returns>The stage's model.</returns>
    private string Outside(RoadTools tools, string source, LongRopeScaling scaling, int length, long tokens, string folder)
    {
        Directory.CreateDirectory(folder);
        OutputFolder.RemoveTemporary(folder);
        if (ModelTuning.IsDone(folder))
        {
            // Copied whole, and killed before it was recorded.
            return ModelTuning.ModelOf(folder);
        }

        if (_continueFrom is { } returned)
        {
            // One folder is one stage's.
            _continueFrom = null;
            using var model = OutsideModel.Open(returned, _options.Model, scaling, length);
            var config = JsonObject.Create(model.Config)!;
            return OutsideModel.Copy(model, _options.Model, config, ModelTuning.ModelOf(folder));
        }

        var outside = Path.Combine(folder, OutsideFolder);
        var ready = Path.Combine(outside, "model");
        Directory.CreateDirectory(outside);
        OutputFolder.RemoveTemporary(outside);
        if (!File.Exists(Path.Combine(ready, AtomicFolder.CommitMarker)))
        {
            CheckpointExporter.Write(source, ready, scaling, length, ExtendJob.StyleOf(source, null));
        }

        var settings = tools.Tuning(source, scaling, length, tokens).Settings;
        var files = OutsideSettings.Write(outside, ready, settings, _options.Tuning, tools);
        throw new OutsideTuningException(new OutsideWork(length, outside, files, $"{_start.ResumeWith} --continue-from FOLDER"));
    }
}
