using Kip.Host.Commands;
using Kip.Host.Commands.Conformance;
using Kip.Runtime.Bundles;

namespace Kip.Host.Platform;

/// <summary>Bundles that every Kip has, so that a manifest can be tried before anything is built.</summary>
internal static class BuiltIn
{
    /// <summary><c>kip.local/helloworld</c>: this program, serving its sample.</summary>
    public static BundleManifest HelloWorld() => new()
    {
        Name = "helloworld", Language = "executable", Command = [Environment.ProcessPath!, HelloWorldCommand.Name],
    };

    /// <summary><c>kip.local/conformance</c>: this program, as the workload that the conformance suite examines a platform with.</summary>
    public static BundleManifest Conformance() => new()
    {
        Name = "conformance", Language = "executable", Command = [Environment.ProcessPath!, ConformanceAppCommand.Name],
    };
}
