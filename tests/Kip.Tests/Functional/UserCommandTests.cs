using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional;

/// <summary>People who are let in with <c>kip user add</c>, by the real kip and the real kubectl.</summary>
[Collection(KipCollection.Name)]
public sealed class UserCommandTests(KipFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kip-users-").FullName;

    private KipProgram Kip => fixture.Kip;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--token", "viewer")]
    [InlineData("--certificate", "certified")]
    public async Task A_user_who_may_view_sees_and_cannot_delete_and_is_gone_when_removed(string credential, string name)
    {
        var config = Path.Combine(_folder, "kubeconfig");
        var added = await Kip.KipAsync("user", "add", name, "--role", "view", "-n", "default", credential, "--expires", "30d", "-o", config);
        added.ExitCode.ShouldBe(0, added.ToString());
        added.Output.ShouldContain($"User {name} may do what view allows in the namespace default.");
        File.GetUnixFileMode(config).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        (await Kubectl(config, "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}")).Output.ShouldBe(name);
        (await Kubectl(config, "get", "ksvc")).ExitCode.ShouldBe(0);
        (await Kubectl(config, "delete", "configmap", "kube-root-ca.crt")).Error.ShouldContain(
            $"configmaps \"kube-root-ca.crt\" is forbidden: User \"{name}\" cannot delete resource \"configmaps\" in API group \"\" in the namespace "
            + "\"default\"");
        (await Kubectl(config, "get", "secrets")).Error.ShouldContain($"User \"{name}\" cannot list resource \"secrets\"");
        (await Kubectl(config, "get", "pods", "-n", "kube-system")).ExitCode.ShouldNotBe(0);
        (await Kip.KipAsync("--kubeconfig", config, "get")).ExitCode.ShouldBe(0);
        var refused = await Kip.KipAsync("--kubeconfig", config, "-n", "kube-system", "get");
        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldContain($"services.serving.knative.dev is forbidden: User \"{name}\" cannot list resource \"services\"");

        var listed = (await Kip.KipAsync("user", "list")).Output.Split('\n').Single(line => line.StartsWith($"{name} ", StringComparison.Ordinal));
        listed.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(4).ShouldBe([name, "view", "default", credential[2..]]);
        (await Kip.KipAsync("user", "add", name, "--role", "view", "-o", config)).Error.ShouldContain("already");

        (await Kip.KipAsync("user", "remove", name)).ExitCode.ShouldBe(0);
        (await Kubectl(config, "auth", "whoami")).Error.ShouldContain("You must be logged in to the server");
        (await Kip.KubectlAsync("get", "rolebindings,secrets,csr", "-A", "-l", $"kip.dev/user={name}", "-o", "name")).Output.Trim().ShouldBeEmpty();
        (await Kip.KipAsync("user", "remove", name)).Error.ShouldContain($"there is no user \"{name}\"");
    }

    [Theory]
    [InlineData("Ann", "view", "is not made of lower-case letters")]
    [InlineData("ann", "nothing", "there is no role \"nothing\"")]
    public async Task A_mistake_is_told_and_nothing_is_left_behind(string name, string role, string message)
    {
        var config = Path.Combine(_folder, "kubeconfig");

        var added = await Kip.KipAsync("user", "add", name, "--role", role, "-o", config);

        added.ExitCode.ShouldBe(1);
        added.Error.ShouldContain(message);
        File.Exists(config).ShouldBeFalse();
    }

    private Task<CommandResult> Kubectl(string config, params string[] arguments) => Kip.KubectlAsync([.. arguments, $"--kubeconfig={config}"]);
}
