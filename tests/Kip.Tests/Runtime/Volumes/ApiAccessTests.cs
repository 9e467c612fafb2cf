using System.Net;
using System.Net.Sockets;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Containers;
using Kip.Testing.Runtime;
using Shouldly;

namespace Kip.Tests.Runtime.Volumes;

/// <summary>What containers are given to talk to the API. They need root.</summary>
public sealed class ApiAccessTests : IDisposable
{
    private const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";

    private readonly BusyboxImages _images = new();
    private readonly TcpListener _gateway = new(IPAddress.Any, 0);
    private readonly CountedTokens _tokens = new();

    public void Dispose()
    {
        _gateway.Dispose();
        _images.Dispose();
    }

    [Fact]
    public async Task A_container_finds_token_CA_namespace_and_address_and_the_token_is_renewed_in_time()
    {
        await using var kip = await StartAsync();

        var log = await RunAsync(kip, "talk", $"""
            cd {Folder}; until [ "$(cat token)" = token-2 ]; do sleep 0.05; done; cat token; echo
            cat ca.crt; cat namespace; echo; echo $KUBERNETES_SERVICE_PORT; [ -n "$KUBERNETES_SERVICE_HOST" ] && echo host; touch token || echo read-only
            """);

        log.ShouldContain("token-2\nAUTHORITY\ndefault\n443\nhost\n");
        log.ShouldContain("read-only");
    }

    [Fact]
    public async Task Whoever_declines_is_given_nothing()
    {
        await using var kip = await StartAsync();
        await kip.Resources.CreateAsync(
            new ServiceAccount { Metadata = new() { Namespace = "default", Name = "shy" }, AutomountServiceAccountToken = false },
            TestContext.Current.CancellationToken);

        (await RunAsync(kip, "no", $"ls {Folder} 2>&1; echo end", static s => s with { AutomountServiceAccountToken = false })).ShouldContain("No such file");
        (await RunAsync(kip, "shy", $"ls {Folder} 2>&1; echo end", static s => s with { ServiceAccountName = "shy" })).ShouldContain("No such file");
        (await RunAsync(kip, "yes", $"ls {Folder}", static s => s with { ServiceAccountName = "shy", AutomountServiceAccountToken = true }))
            .ShouldContain("token");
    }

    [Fact]
    public async Task A_projected_volume_holds_a_token_for_whom_it_is_meant()
    {
        await using var kip = await StartAsync();
        var volume = new Volume { Name = "vault", Projected = new RawJson(
            """{"sources":[{"serviceAccountToken":{"path":"vault-token","audience":"vault"}}]}""") };

        var log = await RunAsync(kip, "vault", "cat /vault/vault-token", s => s with
        {
            Volumes = [volume], AutomountServiceAccountToken = false,
            Containers = [s.Containers[0] with { VolumeMounts = [new VolumeMount { Name = "vault", MountPath = "/vault" }] }],
        });

        log.ShouldContain(" for vault");
    }

    private Task<RuntimeHarness> StartAsync()
    {
        _gateway.Start();
        return RuntimeHarness.StartAsync(RuntimeHarness.NewOptions() with
        {
            Containers = new ContainerOptions
            {
                Images = () => _images, ServesHost = static _ => false, ListenForPods = (_, _) => Task.FromResult((IPEndPoint)_gateway.LocalEndpoint),
                Identity = _tokens,
            },
        });
    }

    private static async Task<string> RunAsync(RuntimeHarness kip, string name, string command, Func<PodSpec, PodSpec>? spec = null)
    {
        if (await kip.Resources.GetAsync(ServiceAccount.Definition, new("default", "default"), TestContext.Current.CancellationToken) is null)
            await kip.Resources.CreateAsync(
                new ServiceAccount { Metadata = new() { Namespace = "default", Name = "default" } }, TestContext.Current.CancellationToken);
        await kip.CreateAsync(RuntimeHarness.PodOf(
            name, "busybox", c => c with { Command = ["sh", "-c", command] }, s => (spec ?? (static s => s))(s with { RestartPolicy = "Never" })));
        await kip.WaitForAsync<Pod>(name, static pod => pod.Status.Phase is "Succeeded" or "Failed");
        return await kip.LogAsync(name);
    }

    /// <summary>Tokens with a number, of which the first wants a successor soon.</summary>
    private sealed class CountedTokens : IPodIdentity
    {
        private int _count;

        public string AuthorityPem => "AUTHORITY\n";

        public PodToken Issue(Pod pod, string? audience, long seconds)
        {
            var number = Interlocked.Increment(ref _count);
            var life = number == 1 ? TimeSpan.FromMilliseconds(500) : TimeSpan.FromHours(1);
            return new($"token-{number}{(audience is null ? "" : $" for {audience}")}", DateTimeOffset.UtcNow + life);
        }

        public Task<IPEndPoint> ListenAsync(IPAddress address, CancellationToken cancel) => Task.FromResult(new IPEndPoint(address, 6443));
    }
}
