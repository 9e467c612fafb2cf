using Kip.Testing.Kubectl;
using Kip.Testing.Programs;
using Kip.Testing.Recording;
using Kip.Tests.Functional.Kubectl;
using Shouldly;

namespace Kip.Tests.Clients;

/// <summary>What clients were seen to send, sent again without them. <c>KIP_RECORD=1</c> makes the records anew.</summary>
public sealed class RecordedClientTests(KubectlBed bed)
{
    private static readonly string Folder = Repository.Path("tests", "Kip.Tests", "Clients", "Recorded");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Recorded from the client itself against the API server alone.</summary>
    public static TheoryData<string> Recorded => [.. Clients("kubectl-*")];

    /// <summary>Composed from what the clients' sources send, against the whole platform.</summary>
    public static TheoryData<string> Described => [.. Clients("kn").Concat(Clients("func"))];

    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task What_a_client_sent_is_answered_as_it_was(string client)
    {
        await using var api = await ApiServerFixture.StartAsync();
        foreach (var file in Files(client)) await new CaseReplay(api.Http).RunAsync(await File.ReadAllTextAsync(file, Cancel), Cancel);
        api.Logs.Lines.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Described))]
    public async Task What_a_client_would_send_is_answered_as_it_needs_it(string client)
    {
        using var http = await bed.ConnectAsync();
        foreach (var file in Files(client)) await new CaseReplay(http).RunAsync(await File.ReadAllTextAsync(file, Cancel), Cancel);
    }

    [Theory, EveryKubectl]
    public async Task Records_are_made_anew_when_asked_for(string version)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("KIP_RECORD") == "1", "KIP_RECORD=1 makes the records anew");
        var program = KubectlProgram.Range.Single(p => p.Label == version);
        var client = $"kubectl-{version}";
        Directory.CreateDirectory(Path.Combine(Folder, client));
        foreach (var (name, commands) in KubectlScenarios.All)
        {
            await using var api = await ApiServerFixture.StartAsync();
            await using var door = await RecordingDoor.OpenAsync(api.Http, Cancel);
            var kubectl = Session(program, api, door.Address, name);
            await kubectl.DoAsync($"create namespace {name}");
            foreach (var (line, input) in commands)
                await kubectl.TryAsync(line, input, new Dictionary<string, string> { ["KUBE_EDITOR"] = "sed -i s/gold/tin/" });
            await File.WriteAllTextAsync(Path.Combine(Folder, client, $"{name}.json"), RecordedCase.Write(client, name, door.Take()), Cancel);
        }
    }

    private static KubectlSession Session(KubectlProgram program, ApiServerFixture api, Uri door, string space)
    {
        var kubeconfig = Path.Combine(api.Folder, "door");
        File.WriteAllText(kubeconfig, $$"""
            {"apiVersion":"v1","kind":"Config","clusters":[{"name":"door","cluster":{"server":"{{door.ToString().TrimEnd('/')}}"} }],
             "contexts":[{"name":"door","context":{"cluster":"door","user":"door","namespace":"{{space}}"} }],
             "users":[{"name":"door","user":{} }],"current-context":"door"}
            """);
        return new KubectlSession(program, kubeconfig, api.Folder, space);
    }

    private static IEnumerable<string> Clients(string pattern) =>
        Directory.Exists(Folder) ? Directory.EnumerateDirectories(Folder, pattern).Select(static d => Path.GetFileName(d)!).Order() : [];

    private static IEnumerable<string> Files(string client) => Directory.EnumerateFiles(Path.Combine(Folder, client), "*.json").Order(StringComparer.Ordinal);
}
