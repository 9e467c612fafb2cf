using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kip.Host.CommandLine;
using Kip.Rules.Serving.Why;

namespace Kip.Host.Commands.Why;

/// <summary><c>kip why NAME</c>: why a service is as it is, as one chain from what is seen to what to do.</summary>
internal static class WhyCommand
{
    private static readonly Argument<string?> Name = new("NAME")
    {
        Description = "The service; may be left out with --events", Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Option<bool> Events = new("--events")
    {
        Description = "Show the Kubernetes Events instead: of the service, or of the whole namespace",
    };
    private static readonly Argument<string?> Question = Asked();
    private static readonly Option<string?> Output = GlobalOptions.Output("json");

    private static readonly Dictionary<string, WhyQuestion> Questions = new()
    {
        ["not-ready"] = WhyQuestion.NotReady,
        ["503"] = WhyQuestion.Unavailable,
        ["slow"] = WhyQuestion.Slow,
        ["scale-up"] = WhyQuestion.ScaleUp,
        ["scale-to-zero"] = WhyQuestion.ScaleToZero,
    };

    public static Verb Make() => new Verb(
        "why",
        "Explain why a service is not ready, fails, is slow, or has the pods that it has.",
        "kip why hello",
        "kip why hello slow",
        "kip why hello scale-to-zero",
        "kip why --events")
        .With(Name).With(Question).With(Events).With(Output)
        .Does(RunAsync);

    private static Argument<string?> Asked()
    {
        var argument = new Argument<string?>("QUESTION")
        {
            Description = "not-ready, 503, slow, scale-up or scale-to-zero; left out: whatever is amiss", Arity = ArgumentArity.ZeroOrOne,
        };
        argument.AcceptOnlyFromAmong("not-ready", "503", "slow", "scale-up", "scale-to-zero");
        return argument;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var name = parsed.GetValue(Name);
        if (parsed.GetValue(Events))
        {
            await NamespaceEvents.PrintAsync(connection, name, parsed.GetValue(Output) == "json", cancel);
            return;
        }
        if (name is null) throw new CommandFailure("name the service to explain: kip why NAME; see them with: kip get", KipCommandLine.UsageError);
        var seen = await WhyGathering.SeeAsync(connection, name, cancel);
        var question = parsed.GetValue(Question) is { } asked ? Questions[asked] : WhyQuestion.Anything;
        var diagnosis = Diagnostician.Explain(seen, question);
        if (parsed.GetValue(Output) == "json") Console.Out.WriteLine(JsonSerializer.Serialize(WhyAnswer.Of(diagnosis), WhyJson.Default.WhyAnswer));
        else Print(Console.Out, diagnosis, seen.Service.Metadata.Name);
    }

    internal static void Print(TextWriter output, Diagnosis diagnosis, string service)
    {
        // A name stays as it is written, at the beginning of a sentence, too.
        var verdict = diagnosis.Verdict.StartsWith($"{service} ", StringComparison.Ordinal)
            ? diagnosis.Verdict : $"{char.ToUpperInvariant(diagnosis.Verdict[0])}{diagnosis.Verdict[1..]}";
        output.WriteLine($"{verdict}.");
        if (diagnosis.Chain.IsEmpty) return;
        output.WriteLine();
        var width = diagnosis.Chain.Max(static s => Word(s.Link).Length);
        foreach (var step in diagnosis.Chain) output.WriteLine($"  {Word(step.Link).PadRight(width)}  {OneLine.Of(step.Text)}");
    }

    internal static string Word(WhyLink link) => link switch
    {
        WhyLink.Condition => "condition",
        WhyLink.Event => "event",
        WhyLink.Log => "log",
        WhyLink.Pods => "pods",
        WhyLink.Setting => "decides",
        _ => "do",
    };
}

/// <summary>What <c>kip why -o json</c> prints.</summary>
internal sealed record WhyAnswer(string Verdict, bool Trouble, IReadOnlyList<WhyAnswerStep> Chain)
{
    public static WhyAnswer Of(Diagnosis diagnosis) =>
        new(diagnosis.Verdict, diagnosis.IsTrouble, [.. diagnosis.Chain.Select(static s => new WhyAnswerStep(WhyCommand.Word(s.Link), s.Text))]);
}

/// <summary>One link of the chain.</summary>
internal sealed record WhyAnswerStep(string Link, string Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(WhyAnswer))]
internal sealed partial class WhyJson : JsonSerializerContext;
