using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.ApiServer.FieldManagement;

/// <summary>Server-side apply as people use it, with the oldest and the newest kubectl of the machine.</summary>
public sealed class KubectlServerSideTests : ApiServerTest
{
    public static TheoryData<string> Versions => [.. KubectlProgram.Range.Select(static program => program.Path)];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Two_managers_share_an_object_and_are_told_when_they_disagree(string program)
    {
        var kubectl = Kubectl(program);
        (await kubectl.RunWithAsync(Map("a: '1'"), "apply", "--server-side", "-f", "-")).ShouldBe("configmap/m serverside-applied\n");

        var refused = await kubectl.TryAsync(Map("a: '2'"), "apply", "--server-side", "--field-manager=ci", "-f", "-");
        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldStartWith("error: Apply failed with 1 conflict: conflict with \"kubectl\": .data.a\n");
        refused.Error.ShouldContain("--force-conflicts");

        await kubectl.RunWithAsync(Map("b: '2'"), "apply", "--server-side", "--field-manager=ci", "-f", "-");
        await kubectl.RunWithAsync(Map("a: '2'"), "apply", "--server-side", "--field-manager=ci", "--force-conflicts", "-f", "-");
        Data().ShouldBe("a=2");
        Owners().ShouldBe("ci Apply");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_is_no_longer_applied_goes_and_what_others_own_stays(string program)
    {
        var kubectl = Kubectl(program);
        await kubectl.RunWithAsync(Map("a: '1'\n  b: '2'\n  c: '3'"), "apply", "--server-side", "-f", "-");
        await kubectl.RunWithAsync(Map("b: '2'"), "apply", "--server-side", "--field-manager=ci", "-f", "-");

        await kubectl.RunWithAsync(Map("c: '3'"), "apply", "--server-side", "-f", "-");

        Data().ShouldBe("b=2,c=3");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Whoever_changes_over_from_client_side_apply_keeps_what_was_applied(string program)
    {
        var kubectl = Kubectl(program);
        await kubectl.RunWithAsync(Map("a: '1'\n  b: '2'"), "apply", "-f", "-");
        Owners().ShouldBe("kubectl-client-side-apply Update");

        // kubectl moves the entries of its client-side self to its server-side self by a JSON patch, and only then applies.
        await kubectl.RunWithAsync(Map("b: '3'"), "apply", "--server-side", "-f", "-");

        Data().ShouldBe("b=3");
        Owners().ShouldBe("kubectl Apply");
        Found().Metadata.Annotations.Get("kubectl.kubernetes.io/last-applied-configuration").ShouldNotBeNull().ShouldContain("\"b\":\"3\"");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Diff_and_dry_run_show_the_outcome_and_change_nothing(string program)
    {
        var kubectl = Kubectl(program);
        await kubectl.RunWithAsync(Map("a: '1'"), "apply", "--server-side", "-f", "-");

        var difference = await kubectl.TryAsync(Map("a: '2'"), "diff", "--server-side", "-f", "-");
        difference.ExitCode.ShouldBe(1);
        difference.Output.ShouldContain("-  a: \"1\"");
        difference.Output.ShouldContain("+  a: \"2\"");
        var dry = await kubectl.RunWithAsync(Map("a: '2'"), "apply", "--server-side", "--dry-run=server", "-o", "jsonpath={.data.a}", "-f", "-");
        dry.ShouldBe("2");
        Data().ShouldBe("a=1");
        var unknown = await kubectl.TryAsync(Map("a: '2'") + "date: {}\n", "apply", "--server-side", "-f", "-");
        unknown.Error.ShouldContain(".date: field not declared in schema");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Prune_removes_what_is_no_longer_in_the_files(string program)
    {
        var kubectl = Kubectl(program);
        kubectl.Variables["KUBECTL_APPLYSET"] = "true";
        string[] prune = ["apply", "--server-side", "--prune", "--applyset=configmaps/all", "-n", "default", "-f", "-"];
        await kubectl.RunWithAsync($"{Map("a: '1'", "one")}---\n{Map("a: '1'", "two")}", prune);

        var pruned = await kubectl.RunWithAsync(Map("a: '1'", "one"), prune);

        pruned.ShouldContain("configmap/two pruned");
        Api.Registry.Get(ConfigMap.Definition, new("default", "two")).ShouldBeNull();
        Api.Registry.Get(ConfigMap.Definition, new("default", "one")).ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_last_applied_configuration_is_shown_set_and_edited(string program)
    {
        var kubectl = Kubectl(program);
        await kubectl.RunWithAsync(Map("a: '1'"), "apply", "-f", "-");
        (await kubectl.RunAsync("apply", "view-last-applied", "configmap/m")).ShouldContain("a: \"1\"");

        var file = Path.Combine(Api.Folder, "m.yaml");
        await File.WriteAllTextAsync(file, Map("a: '1'\n  b: '2'"), TestContext.Current.CancellationToken);
        await kubectl.RunAsync("apply", "set-last-applied", "-f", file);
        (await kubectl.RunAsync("apply", "view-last-applied", "configmap/m")).ShouldContain("b: \"2\"");
        kubectl.Variables["KUBE_EDITOR"] = "sed -i s/\\\"2\\\"/\\\"3\\\"/";
        await kubectl.RunAsync("apply", "edit-last-applied", "configmap/m");
        (await kubectl.RunAsync("apply", "view-last-applied", "configmap/m")).ShouldContain("b: \"3\"");
        Data().ShouldBe("a=1");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Managed_fields_are_shown_only_when_asked_for(string program)
    {
        var kubectl = Kubectl(program);
        await kubectl.RunWithAsync(Map("a: '1'"), "apply", "--server-side", "-f", "-");

        (await kubectl.RunAsync("get", "configmap", "m", "-o", "yaml")).ShouldNotContain("managedFields");
        (await kubectl.RunAsync("get", "configmap", "m", "-o", "yaml", "--show-managed-fields")).ShouldContain("f:data:");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_replacement_and_an_edit_take_over_what_they_change(string program)
    {
        var kubectl = Kubectl(program);
        await kubectl.RunWithAsync(Map("a: '1'\n  b: '2'"), "apply", "--server-side", "-f", "-");
        await kubectl.RunWithAsync(Map("a: '5'\n  b: '2'"), "replace", "-f", "-");

        var refused = await kubectl.TryAsync(Map("a: '1'\n  b: '2'"), "apply", "--server-side", "-f", "-");

        refused.Error.ShouldContain("conflict with \"kubectl-replace\" using v1: .data.a");
    }

    private KubectlRunner Kubectl(string program) => new(Api.Server.KubeconfigPath, Api.Folder, program);

    private static string Map(string data, string name = "m") => $"""
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {name}
          namespace: default
          labels:
            app: web
        data:
          {data}

        """;

    private ConfigMap Found() => (ConfigMap)Api.Registry.Get(ConfigMap.Definition, new("default", "m"))!;

    private string Data() => Found().Data.ToString();

    // Whoever owns some of the data; labels and annotations have owners of their own.
    private string Owners() => string.Join(',', Found().Metadata.ManagedFields
        .Where(static entry => entry.FieldsV1!.ToString().Contains("f:data", StringComparison.Ordinal))
        .Select(static entry => $"{entry.Manager} {entry.Operation}"));
}
