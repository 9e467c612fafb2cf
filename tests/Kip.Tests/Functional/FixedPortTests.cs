using System.Net;
using System.Net.Sockets;
using Kip.Testing.Load;
using Kip.Testing.Programs;
using Kip.Testing.Traffic;
using Shouldly;

namespace Kip.Tests.Functional;

[Collection(KipCollection.Name)]
public sealed class FixedPortTests(KipFixture fixture) : IDisposable
{
    private readonly string _source = Directory.CreateTempSubdirectory("kip-fixed-").FullName;

    public void Dispose() => Directory.Delete(_source, recursive: true);

    [Fact]
    public async Task A_program_that_does_not_read_PORT_is_reached_on_the_port_it_listens_on()
    {
        var port = FreePort.Find();
        await File.WriteAllTextAsync(Path.Combine(_source, "Procfile"), $"web: python3 -m http.server {port} --bind 127.0.0.1\n");
        await File.WriteAllTextAsync(Path.Combine(_source, "index.html"), "fixed");

        (await fixture.Kip.KipAsync("deploy", _source, "--name", "fixed", "--port", $"{port}")).Succeeded();

        using var client = LoopbackClient.To(fixture.Kip.Gateway);
        (await client.GetStringAsync(new Uri($"http://fixed.default.localhost:{fixture.Kip.Gateway.Port}/"))).ShouldBe("fixed");
        (await fixture.Kip.KipAsync("delete", "fixed")).Succeeded();
    }
}
