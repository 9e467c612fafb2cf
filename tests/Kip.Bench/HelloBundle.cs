using Kip.Host.Deploy;
using Kip.Host.Platform;
using Kip.Testing.Programs;

namespace Kip.Bench;

/// <summary>The sample that the benchmarks run, built into the platform's data folder.</summary>
internal static class HelloBundle
{
    public static Task<string> BuildAsync(KipProgram kip) =>
        BundleBuild.RunAsync(new DataFolder(kip.Data), Repository.Path("samples", "hello-csharp"), "hello", CancellationToken.None);
}
