using System.Diagnostics;
using Shouldly;

namespace Kip.Tests.Runtime.Containers;

/// <summary>The way out of a pod.</summary>
public sealed class ContainerNetworkTests : ContainerTests
{
    [Fact]
    public async Task Another_machine_is_reached_under_this_machines_address()
    {
        // A namespace plays the other machine: it has no route to any pod, so that an answer finds its way only if the question came from this one.
        using var other = new OtherMachine();
        await using var kip = await StartAsync();

        var (_, log) = await RunAsync(kip, PodOf("caller", $"until wget -q -O - http://{other.Address}:8080/index.html 2> /dev/null; do sleep 0.1; done"));

        log.ShouldBe("from outside\n");
    }

    private sealed class OtherMachine : IDisposable
    {
        private readonly string _name = $"ko{Random.Shared.Next():x8}";
        private readonly string _folder = Directory.CreateTempSubdirectory("kip-outside-").FullName;
        private readonly Process _server;

        public OtherMachine()
        {
            // From the block that is set apart for tests of networks (RFC 2544).
            var block = $"198.18.{Random.Shared.Next(256)}.{Random.Shared.Next(64) * 4}".Split('.');
            string At(int offset) => $"{block[0]}.{block[1]}.{block[2]}.{int.Parse(block[3]) + offset}";
            Address = At(2);
            Ip("netns", "add", _name);
            Ip("link", "add", _name, "type", "veth", "peer", "name", "eth0", "netns", _name);
            Ip("addr", "add", $"{At(1)}/30", "dev", _name);
            Ip("link", "set", _name, "up");
            Ip("-n", _name, "addr", "add", $"{Address}/30", "dev", "eth0");
            Ip("-n", _name, "link", "set", "eth0", "up");
            File.WriteAllText(Path.Combine(_folder, "index.html"), "from outside\n");
            _server = Process.Start("ip", ["netns", "exec", _name, "busybox", "httpd", "-f", "-p", "8080", "-h", _folder]);
        }

        public string Address { get; }

        public void Dispose()
        {
            _server.Kill();
            _server.WaitForExit();
            _server.Dispose();
            Ip("link", "del", _name);
            Ip("netns", "del", _name);
            Directory.Delete(_folder, recursive: true);
        }

        private static void Ip(params string[] arguments)
        {
            using var process = Process.Start("ip", arguments);
            process.WaitForExit();
            process.ExitCode.ShouldBe(0);
        }
    }
}
