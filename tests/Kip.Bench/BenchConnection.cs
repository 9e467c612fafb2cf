using Kip.Client.Http;
using Kip.Testing.Programs;

namespace Kip.Bench;

/// <summary>The API of the platform under test.</summary>
internal sealed class BenchConnection(HttpResources resources) : IDisposable
{
    public HttpResources Resources { get; } = resources;

    public static BenchConnection Open(KipProgram kip) => new(kip.Connect());

    public void Dispose() => Resources.Dispose();
}
