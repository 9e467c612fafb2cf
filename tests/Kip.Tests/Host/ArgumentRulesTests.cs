using Kip.Host.CommandLine;
using Kip.Host.Deploy;
using Kip.Host.Invoke;
using Kip.Host.Platform;
using Shouldly;

namespace Kip.Tests.Host;

/// <summary>The small rules by which words on the command line become values.</summary>
public class ArgumentRulesTests
{
    [Theory]
    [InlineData(null, "/src/hello-csharp", "hello-csharp")]
    [InlineData(null, "/src/My App_2/", "my-app-2")]
    [InlineData("chosen", "/src/My App", "chosen")]
    [InlineData(null, "/src/2fast", null)]
    [InlineData(null, "/", null)]
    [InlineData("Upper", "/src/a", null)]
    [InlineData("dash-", "/src/a", null)]
    [InlineData("a-name-of-exactly-sixty-three-letters-is-the-longest-there-can-be", "/src/a", null)]
    public void A_directory_has_a_name_that_a_service_can_have(string? asked, string directory, string? name)
    {
        if (name is not null) ServiceName.For(asked, directory).ShouldBe(name);
        else Should.Throw<CommandFailure>(() => ServiceName.For(asked, directory)).Message.ShouldContain("choose one with --name");
    }

    [Fact]
    public void Key_values_are_cut_at_the_first_equals_sign()
    {
        KeyValues.Parse("--env", ["A=1", "B=x=y", "C="]).ShouldBe(
            Kip.Resources.StringMap.Of(("A", "1"), ("B", "x=y"), ("C", "")));
        KeyValues.Parse("--env", null).ShouldBe(Kip.Resources.StringMap.From([]));
        Should.Throw<CommandFailure>(() => KeyValues.Parse("--env", ["A"])).Message.ShouldBe("--env A is not K=V");
        Should.Throw<CommandFailure>(() => KeyValues.Parse("--env", ["=1"])).Message.ShouldBe("--env =1 is not K=V");
    }

    [Fact]
    public void A_number_below_its_least_is_refused()
    {
        GlobalOptions.AtLeast(0, 0, "--tail").ShouldBe(0);
        Should.Throw<CommandFailure>(static () => GlobalOptions.AtLeast(1, -1, "--timeout")).Message.ShouldBe("--timeout is a number of 1 or more, not -1");
    }

    [Theory]
    [InlineData("queue;dur=1.5", "queue 1.5 ")]
    [InlineData("queue;dur=1.5;desc=\"waited for a pod\", forwarded;dur=2", "queue 1.5 waited for a pod|forwarded 2 ")]
    [InlineData("cache;desc=hit, total; dur=3", "total 3 ")]
    [InlineData("queue;dur=soon", "")]
    [InlineData("", "")]
    public void Server_timing_is_read_as_stages(string header, string stages) =>
        string.Join('|', ServerTiming.Parse([header]).Select(static s => FormattableString.Invariant($"{s.Name} {s.Milliseconds} {s.Description}")))
            .ShouldBe(stages);

    [Theory]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("localhost:8080", "127.0.0.1:8080")]
    [InlineData("[::1]:6443", "[::1]:6443")]
    [InlineData("0.0.0.0:80", "0.0.0.0:80")]
    [InlineData("8080", null)]
    [InlineData("127.0.0.1", null)]
    [InlineData("example.com:80", null)]
    [InlineData("127.0.0.1:99999", null)]
    public void An_address_is_an_IP_address_and_a_port(string text, string? address)
    {
        if (address is not null) PlatformOptionSymbols.EndPoint("--api", text).ToString().ShouldBe(address);
        else Should.Throw<CommandFailure>(() => PlatformOptionSymbols.EndPoint("--api", text)).Message.ShouldStartWith($"--api {text} is not HOST:PORT");
    }

    [Theory]
    [InlineData("ksvc", "services.serving.knative.dev")]
    [InlineData("service", "services.serving.knative.dev")]
    [InlineData("Service", "services.serving.knative.dev")]
    [InlineData("svc", "services")]
    [InlineData("revisions", "revisions.serving.knative.dev")]
    [InlineData("rt", "routes.serving.knative.dev")]
    [InlineData("po", "pods")]
    [InlineData("cm", "configmaps")]
    [InlineData("deployments.apps", "deployments.apps")]
    public void A_kind_is_found_by_any_of_its_names(string word, string kind) => KindNames.Find(word)!.QualifiedPlural.ShouldBe(kind);

    [Fact]
    public void A_kind_that_is_not_built_in_is_for_the_server_to_know() => KindNames.Find("nokind").ShouldBeNull();

    [Fact]
    public void A_table_is_as_wide_as_its_widest_cells_and_has_no_blanks_at_the_end()
    {
        var table = new TextTable("NAME", "AGE", "WHY");
        table.Row("a-long-name", "1s", "");
        table.Row("b", "10s", "because");
        using var printed = new StringWriter();

        table.Print(printed);

        printed.ToString().ShouldBe("NAME          AGE   WHY\na-long-name   1s\nb             10s   because\n");
    }
}
