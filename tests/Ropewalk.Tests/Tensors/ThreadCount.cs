namespace Ropewalk.Tests.Tensors;

/// <summary>The collection of tests that change the number of threads: it is the whole process's, so they run beside no others.</summary>
[CollectionDefinition(nameof(ThreadCount), DisableParallelization = true)]
public sealed class ThreadCount;
