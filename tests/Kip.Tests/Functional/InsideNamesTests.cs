using Kip.Testing.Load;
using Shouldly;

namespace Kip.Tests.Functional;

/// <summary>A program that runs as a process calls another service by its name inside.</summary>
[Collection(KipCollection.Name)]
public sealed class InsideNamesTests(KipFixture fixture) : IDisposable
{
    // An ordinary client of an ordinary library, which knows nothing of Kip.
    private const string Caller =
        """
        import os, signal, sys, urllib.request
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        class Caller(BaseHTTPRequestHandler):
            def do_GET(self):
                try:
                    with urllib.request.urlopen("http://callee.default.svc.cluster.local" + self.path, timeout=60) as answer:
                        status, body = answer.status, answer.read()
                except Exception as failure:
                    status, body = 500, repr(failure).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Caller).serve_forever()
        """;

    private readonly string _source = Directory.CreateTempSubdirectory("kip-inside-").FullName;

    public void Dispose() => Directory.Delete(_source, recursive: true);

    [Fact]
    public async Task A_sleeping_service_is_woken_by_a_call_from_within()
    {
        await File.WriteAllTextAsync(Path.Combine(_source, "main.py"), Caller);
        (await fixture.Kip.KubectlWithInputAsync(
            ServiceYaml.Hello("callee", "caller", "autoscaling.knative.dev/initial-scale: \"0\""), "apply", "-f", "-")).Succeeded();
        (await fixture.Kip.KubectlAsync("wait", "ksvc/callee", "--for=condition=Ready", "--timeout=60s")).Succeeded();
        (await fixture.Kip.KipAsync("deploy", _source, "--name", "caller")).Succeeded();
        using var client = LoopbackClient.To(fixture.Kip.Gateway);

        (await client.GetStringAsync(new Uri("http://caller.default.localhost/"), TestContext.Current.CancellationToken)).ShouldStartWith("Hello caller!");

        (await fixture.Kip.KubectlAsync("delete", "ksvc", "callee", "caller", "--wait")).Succeeded();
    }
}
