using System.CommandLine;
using Kip.Client;
using Kip.Host.CommandLine;
using Kip.Resources;

namespace Kip.Host.Commands.Resources;

/// <summary><c>kip get [KIND [NAME]]</c>: lists objects, services when nothing is said.</summary>
internal static class GetCommand
{
    private static readonly Argument<string> Kind = new("KIND")
    {
        Description = "A kind: ksvc, revisions, routes, pods, …, or one that a CustomResourceDefinition defines", DefaultValueFactory = static _ => "ksvc",
    };

    private static readonly Argument<string?> Name = new("NAME") { Description = "One object", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> All = new("--all-namespaces", "-A") { Description = "In all namespaces" };
    private static readonly Option<string?> Selector = new("--selector", "-l") { Description = "Only these labels", HelpName = "K=V,…" };
    private static readonly Option<string?> Output = GlobalOptions.Output("json", "yaml", "name", "wide");

    public static Verb Make() => new Verb(
        "get",
        "List services, or objects of any kind.",
        "kip get",
        "kip get revisions -l serving.knative.dev/service=hello",
        "kip get pods -A",
        "kip get pods -o wide",
        "kip get ksvc hello -o yaml")
        .With(Kind).With(Name).With(All).With(Selector).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var kind = await KindFinder.FindAsync(connection, parsed.GetRequiredValue(Kind), cancel);
        var name = parsed.GetValue(Name);
        var found = await FindAsync(connection, kind, name, parsed, cancel);
        switch (parsed.GetValue(Output))
        {
            case ("json" or "yaml") and { } format:
                Console.Out.WriteLine(name is null ? ResourcePrinter.Text(found, format) : ResourcePrinter.Text(found[0], format));
                break;
            case "name":
                foreach (var resource in found) Console.Out.WriteLine(ResourcePrinter.Name(resource));
                break;
            case var columns when found.Count > 0:
                await PrintTableAsync(connection, kind, found, Options(connection, kind, name, parsed), parsed.GetValue(All), columns == "wide", cancel);
                break;
            default:
                Console.Error.WriteLine(kind.Namespaced && !parsed.GetValue(All)
                    ? $"No {kind.Plural} in namespace {connection.Namespace}."
                    : $"No {kind.Plural}.");
                break;
        }
    }

    private static async Task PrintTableAsync(
        Connection connection, KindDefinition kind, IReadOnlyList<Resource> found, ListOptions options, bool withNamespace, bool wide,
        CancellationToken cancel)
    {
        // Of a kind that a user defined only the server knows the columns.
        if (kind.Format is not null) ResourceTable.Print(Console.Out, await connection.ShowAsync(kind, options, wide, cancel), withNamespace);
        else ResourceTable.Print(Console.Out, kind, found, withNamespace, TimeProvider.System.GetUtcNow(), wide);
    }

    private static async Task<IReadOnlyList<Resource>> FindAsync(
        Connection connection, KindDefinition kind, string? name, ParseResult parsed, CancellationToken cancel)
    {
        if (name is not null) return [await connection.ObjectAsync(kind, name, cancel)];
        return (await connection.Resources.ListAsync(kind, Options(connection, kind, name, parsed), cancel)).Items;
    }

    private static ListOptions Options(Connection connection, KindDefinition kind, string? name, ParseResult parsed) => new()
    {
        Namespace = kind.Namespaced && (name is not null || !parsed.GetValue(All)) ? connection.Namespace : null, LabelSelector = parsed.GetValue(Selector),
        FieldSelector = name is null ? null : $"metadata.name={name}",
    };
}
