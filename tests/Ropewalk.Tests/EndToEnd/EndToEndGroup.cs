namespace Ropewalk.Tests.EndToEnd;

/// <summary>Commands set the number of threads of the whole process and hear its signals, so these tests run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EndToEndGroup
{
    public const string Name = "end to end";
}
