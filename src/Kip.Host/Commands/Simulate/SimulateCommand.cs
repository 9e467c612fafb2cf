using System.CommandLine;
using System.Globalization;
using Kip.Client.Manifests;
using Kip.Host.CommandLine;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Admission;
using Kip.Rules.Scaling;
using Kip.Rules.Scaling.Simulation;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Host.Commands.Simulate;

/// <summary><c>kip simulate TRACE</c>: what a service's autoscaling settings make of a traffic trace, before anything is deployed.</summary>
internal static class SimulateCommand
{
    private static readonly Argument<string> Trace = new("TRACE")
    {
        Description = "CSV: time[,duration[,path]], one request a line; - for stdin. Made by kip record, or from any access log",
    };

    private static readonly Option<string?> File = new("--filename", "-f")
    {
        Description = "The manifest that has the service; its settings are taken", HelpName = "FILE",
    };
    private static readonly Option<string?> Live = new("--service")
    {
        Description = "Take the settings of a service of the running platform", HelpName = "NAME",
    };
    private static readonly Option<string[]> Set = new("--set")
    {
        Description = "Change a setting: an annotation (autoscaling.knative.dev/ may be left out), or containerConcurrency", HelpName = "K=V",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string[]> Against = new("--against")
    {
        Description = "The same for a second run, shown beside the first: it differs from it by these settings", HelpName = "K=V",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string> PodStart = new("--pod-start")
    {
        Description = "How long a pod takes until it serves", HelpName = "D", DefaultValueFactory = static _ => "300ms",
    };

    private static readonly Option<string> Duration = new("--duration")
    {
        Description = "How long a request takes of which the trace does not say", HelpName = "D", DefaultValueFactory = static _ => "100ms",
    };

    private static readonly Option<string?> Svg = new("--svg")
    {
        Description = "Also draw requests, pods and waiting over time into this file", HelpName = "FILE",
    };
    private static readonly Option<string?> Output = GlobalOptions.Output("json");

    public static Verb Make() => new Verb(
        "simulate",
        "Show what autoscaling settings make of a traffic trace: pods, waiting, cold starts, cost.",
        "kip simulate trace.csv -f service.yaml",
        "kip simulate trace.csv --set target=10 --against target=50",
        "kip simulate trace.csv --service hello --against min-scale=1 --svg plot.svg")
        .With(Trace).With(File).With(Live).With(Set).With(Against).With(PodStart).With(Duration).With(Svg).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var trace = Read(parsed.GetRequiredValue(Trace));
        var declared = await DeclaredAsync(parsed, cancel);
        var first = SimulatedSettings.With(declared, "--set", parsed.GetValue(Set) ?? []);
        List<SimulatedService> services = [first];
        if (parsed.GetValue(Against) is { Length: > 0 } against) services.Add(SimulatedSettings.With(first, "--against", against));
        var horizon = ScalingSimulation.HorizonOf(trace, [.. services]);
        var results = services.ConvertAll(service => ScalingSimulation.Run(trace, service, horizon));
        if (parsed.GetValue(Output) == "json") Console.Out.WriteLine(SimulationReport.Json(results));
        else SimulationReport.Print(Console.Out, results);
        if (parsed.GetValue(Svg) is { } file)
        {
            await System.IO.File.WriteAllTextAsync(file, SimulationPlot.Draw(trace, results), cancel);
            Console.Error.WriteLine($"Drawn into {file}");
        }
    }

    private static IReadOnlyList<TraceRequest> Read(string path)
    {
        if (path != "-" && !System.IO.File.Exists(path))
            throw new CommandFailure($"there is no trace {path}; record one with: kip record NAME -o {path}");
        var (requests, errors) = TraceCsv.Parse(path == "-" ? StandardInput() : System.IO.File.ReadLines(path));
        return errors.Count == 0 ? requests : throw new CommandFailure($"{path} is no trace: {string.Join("; ", errors)}");
    }

    private static IEnumerable<string> StandardInput()
    {
        while (Console.In.ReadLine() is { } line) yield return line;
    }

    private static async Task<SimulatedService> DeclaredAsync(ParseResult parsed, CancellationToken cancel)
    {
        var service = new SimulatedService
        {
            PodStart = Span(parsed, PodStart), Duration = Span(parsed, Duration),
        };
        var (file, live) = (parsed.GetValue(File), parsed.GetValue(Live));
        if (file is not null && live is not null) throw new CommandFailure("--filename and --service cannot both give the settings; leave one out");
        if (file is not null) return SimulatedSettings.Of(FromFile(file), AutoscalerConfig.Default, service);
        return live is null ? service : await LiveAsync(parsed, live, service, cancel);
    }

    private static async Task<SimulatedService> LiveAsync(ParseResult parsed, string name, SimulatedService service, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var template = (await connection.ServiceAsync(name, cancel)).Spec.Template;
        var map = (ConfigMap?)await connection.Resources.GetAsync(ConfigMap.Definition, new(PlatformConfig.SystemNamespace, AutoscalerConfig.MapName), cancel);
        var config = map is not null && AutoscalerConfig.TryParse(map.Data, out var parsedConfig, out _) ? parsedConfig : AutoscalerConfig.Default;
        return SimulatedSettings.Of(template, config, service with { Name = name });
    }

    private static RevisionTemplateSpec FromFile(string file)
    {
        var templates = ManifestFiles.Load([file], Console.OpenStandardInput())
            .Select(static m => m.Resource switch { Service s => s.Spec.Template, Configuration c => c.Spec.Template, _ => null })
            .OfType<RevisionTemplateSpec>().ToList();
        return templates.Count == 1
            ? templates[0]
            : throw new CommandFailure(
                $"{file} must hold exactly one Service or Configuration, and holds {templates.Count.ToString(CultureInfo.InvariantCulture)}");
    }

    private static TimeSpan Span(ParseResult parsed, Option<string> option)
    {
        var text = parsed.GetRequiredValue(option);
        return GoDuration.TryParse(text, out var span) && span >= TimeSpan.Zero && span <= TimeSpan.FromHours(1)
            ? span
            : throw new CommandFailure($"{option.Name} {text} is no duration from 0 to 1h; write it like 250ms or 2s");
    }
}
