using System.Text.Json.Nodes;
using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.Functional.Kubectl;

public sealed class KubectlApplyTests(KubectlBed bed)
{
    [Theory, EveryKubectl]
    public async Task Apply_creates_changes_and_leaves_alone(string version)
    {
        var kubectl = await bed.SessionAsync(version);

        (await kubectl.DoAsync("apply -f -", Objects.Map("applied"))).ShouldBe("configmap/applied created\n");
        (await kubectl.DoAsync("apply -f -", Objects.Map("applied"))).ShouldBe("configmap/applied unchanged\n");
        (await kubectl.DoAsync("apply -f - --dry-run=server", Objects.Map("applied", "2"))).ShouldBe("configmap/applied configured (server dry run)\n");
        (await kubectl.DoAsync("apply -f - --dry-run=client", Objects.Map("applied", "2"))).ShouldBe("configmap/applied configured (dry run)\n");
        (await kubectl.DoAsync("get cm applied -o jsonpath={.data.a}")).ShouldBe("1");
        (await kubectl.DoAsync("apply view-last-applied cm applied")).ShouldContain("a: \"1\"");
        (await kubectl.DoAsync("apply -f -", Objects.Map("applied", "2"))).ShouldBe("configmap/applied configured\n");
        (await kubectl.DoAsync("apply set-last-applied -f -", Objects.Map("applied", "2"))).ShouldContain("configured");
        (await kubectl.TryAsync("diff -f -", Objects.Map("applied", "3"))).ShouldSatisfyAllConditions(
            static r => r.ExitCode.ShouldBe(1), static r => r.Output.ShouldContain("+  a: \"3\""));
    }

    [Theory, EveryKubectl]
    public async Task A_folder_and_a_kustomization_are_applied_whole(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        kubectl.File("tree/one.yaml", Objects.Map("tree-one"));
        kubectl.File("tree/sub/two.yaml", Objects.Map("tree-two"));
        kubectl.File("custom/kustomization.yaml", "resources: [map.yaml]\nnamePrefix: custom-\nconfigMapGenerator: [{name: made, literals: [a=1]}]\n");
        kubectl.File("custom/map.yaml", Objects.Map("map"));

        (await kubectl.DoAsync("apply -R -f tree")).ShouldBe("configmap/tree-one created\nconfigmap/tree-two created\n");
        (await kubectl.DoAsync("apply -k custom")).ShouldContain("configmap/custom-map created");
        (await kubectl.DoAsync("delete -k custom")).ShouldContain("configmap \"custom-map\" deleted");
        (await kubectl.DoAsync("delete -R -f tree --ignore-not-found")).ShouldContain("\"tree-two\" deleted");
    }

    [Theory, EveryKubectl]
    public async Task Prune_removes_what_is_no_longer_in_the_files(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        var set = ", labels: {set: pruned}";
        await kubectl.DoAsync("apply -f -", Objects.Map("keep", "1", set) + Objects.Map("drop", "1", set));

        var said = await kubectl.DoAsync("apply -f - --prune -l set=pruned --prune-allowlist=core/v1/ConfigMap", Objects.Map("keep", "1", set));

        said.ShouldContain("configmap/drop pruned");
        (await kubectl.DoAsync("get cm -l set=pruned -o name")).ShouldBe("configmap/keep\n");
    }

    [Theory, EveryKubectl]
    public async Task Validation_finds_unknown_and_repeated_fields(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        const string Wrong = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"wrong\"},\"dota\":{\"a\":\"1\"}}";

        (await kubectl.RefusedAsync("apply -f -", Wrong)).ShouldContain("unknown field \"dota\"");
        (await kubectl.RefusedAsync("create -f - --validate=strict", Wrong)).ShouldContain("unknown field \"dota\"");
        var warned = await kubectl.TryAsync("apply -f - --validate=warn", Wrong);
        warned.ExitCode.ShouldBe(0, warned.ToString());
        warned.Error.ShouldContain("unknown field \"dota\"");
        (await kubectl.TryAsync("apply -f - --validate=ignore", Wrong)).Error.ShouldNotContain("unknown field");
    }

    [Theory, EveryKubectl]
    public async Task Server_side_apply_owns_fields_and_names_conflicts(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        var first = await kubectl.TryAsync("apply --server-side -f - --field-manager=one", Objects.Map("owned"));
        first.ExitCode.ShouldBe(0, first.ToString());

        first.Output.ShouldBe("configmap/owned serverside-applied\n");
        (await kubectl.RefusedAsync("apply --server-side -f - --field-manager=two", Objects.Map("owned", "2"))).ShouldContain("conflict with \"one\": .data.a");
        await kubectl.DoAsync("apply --server-side -f - --field-manager=two --force-conflicts", Objects.Map("owned", "2"));
        var owners = JsonNode.Parse(await kubectl.DoAsync("get cm owned -o json --show-managed-fields"))!["metadata"]!["managedFields"]!.AsArray();
        owners.Select(static o => (o!["manager"]!.GetValue<string>(), o["operation"]!.GetValue<string>())).ShouldContain(("two", "Apply"));
        (await kubectl.TryAsync("diff -f - --server-side --field-manager=two", Objects.Map("owned", "3"))).Output.ShouldContain("+  a: \"3\"");
        (await kubectl.DoAsync("apply --server-side -f - --field-manager=two --dry-run=server", Objects.Map("owned", "3"))).ShouldContain("server dry run");
    }

    [Theory, EveryKubectl]
    public async Task An_object_moves_from_client_side_to_server_side_apply(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        await kubectl.DoAsync("apply -f -", Objects.Map("moved"));

        var moved = await kubectl.TryAsync("apply --server-side -f -", Objects.Map("moved", "2"));

        moved.ExitCode.ShouldBe(0, moved.ToString());
        (await kubectl.DoAsync("get cm moved -o jsonpath={.data.a}")).ShouldBe("2");
    }

    [Theory, EveryKubectl]
    public async Task Create_takes_files_and_generated_names_and_edits_before(string version)
    {
        var kubectl = await bed.SessionAsync(version);

        var made = await kubectl.DoAsync("create -f - -o name", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"gen-"}}""");
        made.ShouldMatch("^configmap/gen-[bcdfghjklmnpqrstvwxz2456789]{5}\n$");
        (await kubectl.DoAsync("create -f - --save-config", Objects.Map("saved"))).ShouldBe("configmap/saved created\n");
        (await kubectl.DoAsync("apply view-last-applied cm saved -o json")).ShouldContain("\"a\": \"1\"");
        (await kubectl.RefusedAsync("create -f -", Objects.Map("saved"))).ShouldContain("configmaps \"saved\" already exists");
        (await kubectl.RefusedAsync("create -f -", "apiVersion: v1\nkind: Tree\nmetadata: {name: a}\n"))
            .ShouldContain("no matches for kind \"Tree\" in version \"v1\"");
    }
}
