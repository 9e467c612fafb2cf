using System.Text.Json;
using System.Xml.Linq;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional;

/// <summary><c>kip simulate</c> as it is typed: it needs no platform.</summary>
public sealed class SimulateCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kip-simulate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Trace(params string[] lines)
    {
        var file = Path.Combine(_folder, "trace.csv");
        File.WriteAllLines(file, lines);
        return file;
    }

    private static Task<CommandResult> KipAsync(params string[] arguments) =>
        Command.RunAsync(Repository.Kip, ["simulate", .. arguments], directory: Repository.Root);

    [Fact]
    public async Task Two_configurations_are_shown_side_by_side_and_drawn()
    {
        var trace = Trace([.. Enumerable.Range(0, 200).Select(static i => $"{i * 0.05:0.00},400ms")]);
        var plot = Path.Combine(_folder, "plot.svg");

        var shown = (await KipAsync(trace, "-f", "samples/hello.yaml", "--set", "target=2", "--against", "min-scale=1", "--svg", plot)).Succeeded().Output;

        shown.ShouldContain("pod-seconds");
        shown.ShouldContain("target=2   min-scale=1");
        shown.ShouldMatch(@"cold starts +1 +0\n");
        XDocument.Load(plot).Root!.Name.LocalName.ShouldBe("svg");
        using var figures = JsonDocument.Parse((await KipAsync(trace, "-o", "json")).Succeeded().Output);
        figures.RootElement[0].GetProperty("served").GetInt32().ShouldBe(200);
    }

    [Theory]
    [InlineData("--set", "target=0", "--set: target: target 0 should be at least 0.01")]
    [InlineData("--set", "speed=9", "there is no such autoscaling setting")]
    [InlineData("--set", "class=hpa.autoscaling.knative.dev", "there is no such autoscaling setting")]
    [InlineData("--against", "containerConcurrency=-1", "write a whole number from 0")]
    [InlineData("--pod-start", "soon", "is no duration from 0 to 1h")]
    public async Task A_setting_that_cannot_be_is_refused_in_one_sentence(string option, string value, string message)
    {
        var refused = await KipAsync(Trace("0"), option, value);

        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldContain(message);
        refused.Error.Trim().ShouldNotContain('\n');
    }

    [Fact]
    public async Task A_trace_that_is_not_there_or_is_none_is_told_so()
    {
        (await KipAsync(Path.Combine(_folder, "none.csv"))).Error.ShouldContain("there is no trace");
        (await KipAsync(Trace("0", "later"))).Error.ShouldContain("line 2: \"later\" is neither seconds nor a date and time");
    }
}
