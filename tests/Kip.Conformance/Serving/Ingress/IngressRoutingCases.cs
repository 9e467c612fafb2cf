using System.Text.Json;
using Kip.Resources;
using Kip.Resources.Networking;
using KIngress = Kip.Resources.Networking.Ingress;
using static Kip.Conformance.Serving.Ingress.IngressBed;

namespace Kip.Conformance.Serving.Ingress;

/// <summary>Which backend a request reaches, and what its headers then say: upstream's ingress conformance.</summary>
internal static class IngressRoutingCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("serving/ingress/basics", "A host of an Ingress is served, and the status tells both load balancers", "basics TestBasics", BasicsAsync),
        new("serving/ingress/hosts-multiple", "Every host of a rule is served", "hosts/multiple TestMultipleHosts", MultipleHostsAsync),
        new("serving/ingress/path", "The longest path prefix wins, and what matches none takes the default", "dispatch/path TestPath", PathAsync),
        new("serving/ingress/percentage", "Shares are as their weights say, and 0 % gets nothing", "dispatch/percentage TestPercentage", PercentageAsync),
        new(
            "serving/ingress/path-and-percentage", "A split below a path does not touch the default path",
            "dispatch/path_and_percentage TestPathAndPercentageSplit", PathSplitAsync),
        new("serving/ingress/rule", "Two rules with hosts of their own, and the Host header is kept", "dispatch/rule TestRule", RuleAsync),
        new(
            "serving/ingress/pre-split-headers", "A path's appendHeaders reach the program, in place of what the client said",
            "headers/pre-split TestPreSplitSetHeaders", PreSplitAsync),
        new(
            "serving/ingress/post-split-headers", "A split's appendHeaders tell which split was chosen", "headers/post-split TestPostSplitSetHeaders",
            PostSplitAsync),
        new(
            "serving/ingress/tag-headers", "A path with a header condition is taken only for exactly that value", "headers/tags TestTagHeaders",
            TagHeadersAsync),
        new("serving/ingress/probe", "A probe of the network gets its hash back", "headers/probe TestProbeHeaders", ProbeAsync),
        new(
            "serving/ingress/update", "Updates under constant requests fail none, and once Ready only the new backend answers", "update TestUpdate",
            UpdateAsync),
        new(
            "serving/ingress/class", "An Ingress whose class is absent, empty or foreign is not served, and its status stays unwritten",
            "ingressclass TestIngressClass", ClassAsync),
        new("serving/ingress/visibility", "A ClusterLocal host is not served to the outside", "visibility TestVisibility", VisibilityAsync),
    ];

    private static async Task BasicsAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("one");
        var ingress = await target.IngressAsync("mine", Rule(target.Host(), Path(target.Split("one"))));
        Expect.Equal("one", (await target.CallAsync($"http://{target.Host()}/")).Is(200).Body);
        Expect.That(ingress.Status.PublicLoadBalancer?.Ingress.Count > 0, "status.publicLoadBalancer is empty");
        Expect.That(ingress.Status.PrivateLoadBalancer?.Ingress.Count > 0, "status.privateLoadBalancer is empty");
        await target.DeleteAsync<KIngress>("mine");
        await target.EventuallyAsync(
            async () => (await target.CallAsync($"http://{target.Host()}/")).Status == 404, static () => "a deleted Ingress is still served");
    }

    private static async Task MultipleHostsAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("one");
        string[] hosts = [target.Host("a"), target.Host("b"), target.Host("c")];
        await target.IngressAsync("mine", Rule(string.Join(", ", hosts), Path(target.Split("one"))));
        foreach (var host in hosts) (await target.CallAsync($"http://{host}/")).Is(200);
        (await target.CallAsync($"http://{target.Host("d")}/")).Is(404);
    }

    private static async Task PathAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("root", "foo", "foobar");
        await target.IngressAsync("mine", Rule(target.Host(),
            Path(target.Split("foo"), "path: /foo, "), Path(target.Split("foobar"), "path: /foo/bar, "), Path(target.Split("root"))));
        foreach (var (path, backend) in ((string, string)[])[("/", "root"), ("/asdf", "root"), ("/foo", "foo"), ("/foo/x", "foo"), ("/foo/bar/x", "foobar")])
            CheckBody(await target.CallAsync($"http://{target.Host()}{path}"), backend, path);
    }

    private static void CheckBody(Answer answer, string backend, string path) => Expect.That(answer.Is(200).Body == backend, $"{path} went to {answer.Body}");

    private static async Task PercentageAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("none", "tenth", "most");
        await target.IngressAsync("mine", Rule(target.Host(), Path($"{target.Split("none", 0)}, {target.Split("tenth", 20)}, {target.Split("most", 80)}")));
        var shares = await target.SharesAsync($"http://{target.Host()}/", 500);
        Expect.Equal(0, shares.GetValueOrDefault("none"));
        // Within ten points, as upstream: five standard deviations at this number of requests.
        Expect.That(shares.GetValueOrDefault("tenth") is > 50 and < 150, $"20 % of 500 requests were {shares.GetValueOrDefault("tenth")}");
    }

    private static async Task PathSplitAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("root", "left", "right");
        await target.IngressAsync("mine", Rule(target.Host(),
            Path($"{target.Split("left", 50)}, {target.Split("right", 50)}", "path: /foo, "), Path(target.Split("root"))));
        Expect.Equal(100, (await target.SharesAsync($"http://{target.Host()}/", 100)).GetValueOrDefault("root"));
        var shares = await target.SharesAsync($"http://{target.Host()}/foo", 400);
        Expect.That(shares.GetValueOrDefault("left") is > 120 and < 280, $"one half of 400 requests were {shares.GetValueOrDefault("left")}");
    }

    private static async Task RuleAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("one", "two");
        await target.IngressAsync("mine", Rule(target.Host("one"), Path(target.Split("one"))), Rule(target.Host("two"), Path(target.Split("two"))));
        Expect.Equal("one", (await target.CallAsync($"http://{target.Host("one")}/")).Is(200).Body);
        Expect.Equal("two", (await target.CallAsync($"http://{target.Host("two")}/")).Is(200).Body);
        Expect.Equal(target.Host("two"), await SeenAsync(target, target.Host("two"), static r => r.GetProperty("host").GetString()));
    }

    private static async Task PreSplitAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("one");
        await target.IngressAsync("mine", Rule(target.Host(), Path(target.Split("one"), "appendHeaders: { X-Set: by-ingress }, ")));
        Expect.Equal("by-ingress", await HeaderAsync(target, "x-set"));
        Expect.Equal("by-ingress", await HeaderAsync(target, "x-set", "X-Set: by-client"));
    }

    private static async Task PostSplitAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("one", "two");
        await target.IngressAsync("mine", Rule(target.Host(),
            Path($"{target.Split("one", 50, ", appendHeaders: { X-Which: one }")}, {target.Split("two", 50, ", appendHeaders: { X-Which: two }")}")));
        var seen = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => HeaderAsync(target, "x-which", "X-Which: client")));
        Expect.That(seen.ToHashSet().SetEquals(["one", "two"]), $"the header said {string.Join(", ", seen.Distinct())}");
    }

    private static async Task TagHeadersAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("tagged", "plain");
        await target.IngressAsync("mine", Rule(target.Host(),
            Path(target.Split("tagged"), "headers: { Knative-Serving-Tag: { exact: the-tag } }, "), Path(target.Split("plain"))));
        var url = $"http://{target.Host()}/";
        Expect.Equal("tagged", (await target.CallAsync(url, "Knative-Serving-Tag: the-tag")).Is(200).Body);
        Expect.Equal("plain", (await target.CallAsync(url)).Is(200).Body);
        Expect.Equal("plain", (await target.CallAsync(url, "Knative-Serving-Tag: other")).Is(200).Body);
        Expect.Equal("plain", (await target.CallAsync(url, "Knative-Serving-Tag:")).Is(200).Body);
    }

    private static async Task ProbeAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("one");
        await target.IngressAsync("mine", Rule(target.Host(), Path(target.Split("one"))));
        var answer = (await target.CallAsync($"http://{target.Host()}/healthz", "K-Network-Probe: probe", "K-Network-Hash: some-hash")).Is(200);
        Expect.Equal("some-hash", answer.Headers.GetValueOrDefault("K-Network-Hash"));
    }

    private static async Task UpdateAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("one", "two");
        var url = $"http://{target.Host()}/";
        await target.IngressAsync("mine", Rule(target.Host(), Path(target.Split("one"))));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(target.Deadline);
        var failed = 0;
        var probing = ProbeAsync();
        for (var turn = 0; turn < 10; turn++)
        {
            var backend = turn % 2 == 0 ? "two" : "one";
            await target.IngressAsync("mine", Rule(target.Host(), Path(target.Split(backend))));
            for (var i = 0; i < 5; i++) Expect.Equal(backend, (await target.CallAsync(url)).Is(200).Body);
            await target.IngressAsync("mine", Rule(target.Host(), Path($"{target.Split("one", 50)}, {target.Split("two", 50)}")));
        }
        await stop.CancelAsync();
        await probing;
        Expect.Equal(0, failed);

        async Task ProbeAsync()
        {
            while (!stop.IsCancellationRequested)
                if ((await target.CallAsync(url)).Status != 200) failed++;
        }
    }

    private static async Task ClassAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("one");
        (string Name, string Annotations)[] foreign =
        [
            ("absent", ""), ("empty", "networking.knative.dev/ingress.class: \"\""),
            ("foreign", "networking.knative.dev/ingress.class: foreign.ingress.example.com"),
        ];
        foreach (var (name, annotations) in foreign)
            await target.ApplyIngressAsync(name, annotations, Rule(target.Host(name), Path(target.Split("one"))));
        // Once a later Ingress is served, the gateway has seen these, too.
        await target.IngressAsync("mine", Rule(target.Host("mine"), Path(target.Split("one"))));
        (await target.CallAsync($"http://{target.Host("mine")}/")).Is(200);
        foreach (var (name, _) in foreign)
        {
            var ingress = Expect.Found(await target.GetAsync<KIngress>(name));
            Expect.That(ingress.Status == new IngressStatus(), $"the status of the Ingress with the class {name} was written");
            (await target.CallAsync($"http://{target.Host(name)}/")).Is(404);
        }
    }

    private static async Task VisibilityAsync(ConformanceTarget target)
    {
        var outer = target.OuterGateway;
        await target.BackendsAsync("one");
        var (shown, hidden) = (target.Host("shown"), target.Host("hidden"));
        await target.IngressAsync(
            "mine", Rule(shown, Path(target.Split("one"))),
            Rule(hidden, Path(target.Split("one"))).Replace("ExternalIP", "ClusterLocal", StringComparison.Ordinal));
        using var door = new SecureDoor(outer);
        foreach (var (host, status) in ((string, int)[])[(shown, 200), (hidden, 404)])
        {
            using var answer = await door.Client.GetAsync($"{outer.Scheme}://{host}/", target.Deadline);
            Expect.That((int)answer.StatusCode == status, $"{host} is answered {(int)answer.StatusCode} to the outside, not {status}");
        }
    }

    private static Task<string?> HeaderAsync(ConformanceTarget target, string name, params string[] sent) =>
        SeenAsync(target, target.Host(), r => r.GetProperty("headers").TryGetProperty(name, out var value) ? value.GetString() : null, sent);

    private static async Task<string?> SeenAsync(ConformanceTarget target, string host, Func<JsonElement, string?> part, params string[] sent)
    {
        var answer = (await target.CallAsync($"http://{host}/runtime", sent)).Is(200);
        using var document = JsonDocument.Parse(answer.Body);
        return part(document.RootElement.GetProperty("request"));
    }
}
