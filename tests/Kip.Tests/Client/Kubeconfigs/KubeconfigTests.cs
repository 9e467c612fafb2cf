using System.Text;
using Kip.Client.Kubeconfigs;
using Shouldly;

namespace Kip.Tests.Client.Kubeconfigs;

public sealed class KubeconfigTests : IDisposable
{
    private const string Two = """
        apiVersion: v1
        kind: Config
        current-context: work
        clusters:
        - name: c1
          cluster: {server: "https://one:6443", certificate-authority: ca.pem, tls-server-name: kube}
        - name: c2
          cluster: {server: "http://two:8080", insecure-skip-tls-verify: true, proxy-url: "http://proxy:3128"}
        users:
        - name: u1
          user: {token: secret, client-certificate-data: Y2VydA==, client-key-data: a2V5}
        - name: plugin
          user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: aws}}
        - name: cloud
          user: {auth-provider: {name: gcp}}
        - name: password
          user: {username: admin, password: hunter2}
        contexts:
        - name: work
          context: {cluster: c1, user: u1, namespace: team}
        - name: open
          context: {cluster: c2}
        - name: aws
          context: {cluster: c1, user: plugin}
        - name: gcp
          context: {cluster: c1, user: cloud}
        - name: basic
          context: {cluster: c1, user: password}
        - name: lost-cluster
          context: {cluster: none, user: u1}
        - name: lost-user
          context: {cluster: c1, user: nobody}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("kip-kubeconfig-").FullName;

    public KubeconfigTests()
    {
        Write("config", Two);
        Write("ca.pem", "the authority");
    }

    [Fact]
    public void The_current_context_is_resolved_with_paths_beside_the_file()
    {
        var context = Kubeconfig.Load(PathOf("config")).Resolve();

        context.ShouldBe(new KubeconfigContext
        {
            Name = "work", Source = PathOf("config"), Server = new Uri("https://one:6443"), Namespace = "team",
            CertificateAuthority = "the authority", TlsServerName = "kube", Token = "secret", ClientCertificate = "cert", ClientKey = "key",
        });
        context.ToString().ShouldNotContain("secret");
    }

    [Fact]
    public void Another_context_may_be_named_and_may_have_no_user()
    {
        var context = Kubeconfig.Load(PathOf("config")).Resolve("open");

        context.InsecureSkipTlsVerify.ShouldBeTrue();
        context.Proxy.ShouldBe(new Uri("http://proxy:3128"));
        context.Namespace.ShouldBe("default");
        context.Token.ShouldBeNull();
    }

    [Theory]
    [InlineData("aws", "user \"plugin\" gets its credentials from an exec plugin. Kip runs no programs for credentials: put a token")]
    [InlineData("gcp", "user \"cloud\" uses an auth-provider")]
    [InlineData("basic", "user \"password\" signs in by password")]
    [InlineData("lost-cluster", "names the cluster \"none\", which is not there")]
    [InlineData("lost-user", "names the user \"nobody\", which is not there")]
    [InlineData("absent", "has no context \"absent\": it has work, open, aws")]
    public void What_cannot_be_used_is_refused_with_a_reason(string context, string expected)
    {
        var refusal = Should.Throw<KubeconfigException>(() => Kubeconfig.Load(PathOf("config")).Resolve(context));
        refusal.Message.ShouldContain(expected);
        refusal.Message.ShouldContain(PathOf("config"));
        refusal.Message.ShouldNotContain("hunter2");
    }

    [Fact]
    public void The_files_of_KUBECONFIG_are_merged_and_the_first_wins()
    {
        Write("first", """
            current-context: open
            contexts:
            - name: work
              context: {cluster: c2, user: u1}
            """);
        var kubeconfig = Kubeconfig.Load(null, name => name == "KUBECONFIG" ? $"{PathOf("absent")}:{PathOf("first")}:{PathOf("config")}" : null);

        kubeconfig.CurrentContext.ShouldBe("open");
        kubeconfig.Resolve("work").Server.Host.ShouldBe("two");
        kubeconfig.Resolve("work").Token.ShouldBe("secret");
    }

    [Fact]
    public void Without_a_word_it_is_the_file_in_the_home_folder()
    {
        Write(".kube/config", Two);
        Write(".kube/ca.pem", "the authority");
        Kubeconfig.Load(null, name => name == "HOME" ? _folder : null).Resolve().Source.ShouldBe(PathOf(".kube/config"));
    }

    [Fact]
    public void A_file_that_is_missing_or_broken_is_named()
    {
        Should.Throw<KubeconfigException>(() => Kubeconfig.Load(PathOf("absent"))).Message.ShouldContain(PathOf("absent"));
        Should.Throw<KubeconfigException>(() => Kubeconfig.Load(null, name => name == "HOME" ? PathOf("nowhere") : null))
            .Message.ShouldContain("Name one with --kubeconfig or KUBECONFIG");
        Write("broken", "clusters: [\n");
        Should.Throw<KubeconfigException>(() => Kubeconfig.Load(PathOf("broken"))).Message.ShouldContain($"{PathOf("broken")}, line");
        Write("text", "just text");
        Should.Throw<KubeconfigException>(() => Kubeconfig.Load(PathOf("text"))).Message.ShouldContain("is not a kubeconfig");
    }

    [Fact]
    public void A_context_is_merged_into_a_file_without_losing_what_else_is_there()
    {
        var kip = new KubeconfigContext { Name = "kip", Source = "", Server = new Uri("https://127.0.0.1:6443"), CertificateAuthority = "ca", Token = "t1" };
        KubeconfigMerge.Write(PathOf("config"), kip);
        KubeconfigMerge.Write(PathOf("config"), kip with { Token = "t2" });

        var merged = Kubeconfig.Load(PathOf("config"));
        merged.CurrentContext.ShouldBe("kip");
        merged.Contexts.Count(static c => c == "kip").ShouldBe(1);
        merged.Resolve().ShouldBe(kip with { Token = "t2", Source = PathOf("config") });
        merged.Resolve("work").Token.ShouldBe("secret");
        File.ReadAllText(PathOf("config")).ShouldContain("command: aws");
    }

    [Fact]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public void A_new_file_is_made_that_only_its_owner_can_read()
    {
        var kip = new KubeconfigContext { Name = "kip", Source = "", Server = new Uri("https://127.0.0.1:6443"), Token = "t" };
        KubeconfigMerge.Write(PathOf("new/config"), kip);

        File.GetUnixFileMode(PathOf("new/config")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(PathOf("new")).Length.ShouldBe(1);
        Kubeconfig.Load(PathOf("new/config")).Resolve().Token.ShouldBe("t");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(_folder, name);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text, Encoding.UTF8);
    }
}
