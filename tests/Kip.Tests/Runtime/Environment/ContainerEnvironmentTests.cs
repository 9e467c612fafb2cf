using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Environment;
using Shouldly;

namespace Kip.Tests.Runtime.Environment;

public class ContainerEnvironmentTests
{
    private static readonly Pod Pod = new()
    {
        Metadata = new ObjectMeta { Name = "p", Namespace = "n", Uid = "u", Labels = StringMap.Of(("app", "web")) },
    };

    private static readonly EnvironmentSources Sources = new(
        new Dictionary<string, ConfigMap?> { ["words"] = new() { Data = StringMap.Of(("a", "1"), ("b", "2")) }, ["none"] = null },
        new Dictionary<string, Secret?> { ["keys"] = new() { Data = StringMap.Of(("password", "c2VzYW1l")) } });

    private static StringMap Build(Container container, StringMap defaults = default, StringMap given = default) =>
        ContainerEnvironment.Build(Pod, container, Sources, defaults, given);

    private static EnvVar From(string name, EnvVarSource source) => new() { Name = name, ValueFrom = source };

    [Fact]
    public void What_the_container_says_wins_over_what_it_takes_in_and_that_over_defaults_and_the_platform_over_all()
    {
        var built = Build(
            new Container
            {
                EnvFrom = [new EnvFromSource { ConfigMapRef = new ObjectSelector { Name = "words" } }],
                Env = [new EnvVar { Name = "a", Value = "own" }, new EnvVar { Name = "PORT", Value = "1" }],
            },
            StringMap.Of(("a", "default"), ("b", "default"), ("c", "default")), StringMap.Of(("PORT", "20000")));

        built.ShouldBe(StringMap.Of(("a", "own"), ("b", "2"), ("c", "default"), ("PORT", "20000")));
    }

    [Fact]
    public void Values_refer_to_those_before_them()
    {
        var built = Build(new Container
        {
            Env = [new EnvVar { Name = "X", Value = "$(PORT)-$(LATER)-$$(PORT)" }, new EnvVar { Name = "LATER", Value = "x" }],
        }, StringMap.Of(("URL", "http://127.0.0.1:$(PORT)")), StringMap.Of(("PORT", "1")));

        built["X"].ShouldBe("1-$(LATER)-$(PORT)");
        built["URL"].ShouldBe("http://127.0.0.1:1");
    }

    [Fact]
    public void References_are_followed()
    {
        var built = Build(new Container
        {
            EnvFrom = [new EnvFromSource { Prefix = "S_", SecretRef = new ObjectSelector { Name = "keys" } }],
            Env =
            [
                From("MAP", new EnvVarSource { ConfigMapKeyRef = new KeySelector { Name = "words", Key = "b" } }),
                From("SECRET", new EnvVarSource { SecretKeyRef = new KeySelector { Name = "keys", Key = "password" } }),
                From("LABEL", new EnvVarSource { FieldRef = new RawJson("""{"fieldPath":"metadata.labels['app']"}""") }),
                From("IP", new EnvVarSource { FieldRef = new RawJson("""{"fieldPath":"status.podIP"}""") }),
            ],
        });

        built.ShouldBe(StringMap.Of(("S_password", "sesame"), ("MAP", "2"), ("SECRET", "sesame"), ("LABEL", "web"), ("IP", "127.0.0.1")));
    }

    [Fact]
    public void An_optional_reference_that_leads_nowhere_is_left_out()
    {
        Build(new Container
        {
            EnvFrom = [new EnvFromSource { ConfigMapRef = new ObjectSelector { Name = "none", Optional = true } }],
            Env = [From("X", new EnvVarSource { ConfigMapKeyRef = new KeySelector { Name = "words", Key = "zzz", Optional = true } })],
        }).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Any_other_is_named_without_its_value()
    {
        Should.Throw<EnvironmentException>(() => Build(new Container { EnvFrom = [new EnvFromSource { ConfigMapRef = new ObjectSelector { Name = "none" } }] }))
            .Message.ShouldBe("configmap \"none\" not found in namespace n");
        Should.Throw<EnvironmentException>(() => Build(new Container
        {
            Env = [From("X", new EnvVarSource { SecretKeyRef = new KeySelector { Name = "keys", Key = "user" } })],
        })).Message.ShouldBe("couldn't find key user in Secret n/keys");
        Should.Throw<EnvironmentException>(
            () => Build(new Container { Env = [From("X", new EnvVarSource { FieldRef = new RawJson("""{"fieldPath":"spec.hat"}""") })] }))
            .Message.ShouldBe("unsupported fieldPath: spec.hat");
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("$(A)$(A)", "11")]
    [InlineData("$A $( $", "$A $( $")]
    [InlineData("$$(A) $$$(A)", "$(A) $1")]
    [InlineData("$(B)", "$(B)")]
    public void Expansion(string text, string expected) =>
        VariableExpansion.Expand(text, new Dictionary<string, string> { ["A"] = "1" }).ShouldBe(expected);
}
