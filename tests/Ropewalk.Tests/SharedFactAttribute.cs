namespace Ropewalk.Tests;

/// <summary>A fact that needs the shared folder; skipped with a clear message where it is absent.</summary>
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute()
    {
        if (SharedData.Folder is null)
        {
            Skip = "needs the folder ../shared beside the project (or ROPEWALK_SHARED)";
        }
    }
}
