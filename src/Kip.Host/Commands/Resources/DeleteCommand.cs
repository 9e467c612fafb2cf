using System.CommandLine;
using Kip.Client;
using Kip.Client.Manifests;
using Kip.Host.CommandLine;
using Kip.Resources;

namespace Kip.Host.Commands.Resources;

/// <summary><c>kip delete NAME</c>: removes services, or anything else by kind or manifest.</summary>
internal static class DeleteCommand
{
    private static readonly Argument<string[]> Names = new("[KIND] NAME")
    {
        Description = "One service, or a kind and names", Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string[]> File = new("--filename", "-f")
    {
        Description = "Delete what these manifests name", HelpName = "FILE", Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> Output = GlobalOptions.Output("json", "yaml", "name");

    public static Verb Make() => new Verb(
        "delete",
        "Delete a service and all that belongs to it, or any object.",
        "kip delete hello",
        "kip delete revision hello-00001 hello-00002",
        "kip delete -f samples/hello.yaml")
        .With(Names).With(File).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        foreach (var (kind, name) in await TargetsAsync(parsed, connection, cancel))
        {
            var present = await connection.ObjectAsync(kind, name, cancel);
            await using (Progress.Start($"Deleting {name.Name}")) await DeleteAsync(connection.Resources, present, cancel);
            ResourcePrinter.Done(Console.Out, present, "deleted", parsed.GetValue(Output));
        }
    }

    private static async Task<IReadOnlyList<(KindDefinition Kind, NamespacedName Name)>> TargetsAsync(
        ParseResult parsed, Connection connection, CancellationToken cancel)
    {
        var @namespace = connection.Namespace;
        var words = parsed.GetValue(Names) ?? [];
        if (parsed.GetValue(File) is { Length: > 0 } files)
        {
            var manifests = await ManifestFiles.LoadAsync(files, Console.OpenStandardInput(), connection.ServedKindsAsync, cancel);
            return [.. manifests.Select(m => (m.Resource.GetDefinition(), connection.Placed(m.Resource).Key))];
        }
        if (words.Length == 0) throw new CommandFailure("what is to be deleted? e.g. kip delete hello, or kip delete -f FILE");
        if (words is [var service]) return [(Kip.Resources.Serving.Service.Definition, new(@namespace, service))];
        var kind = await KindFinder.FindAsync(connection, words[0], cancel);
        return [.. words[1..].Select(name => Target(kind, @namespace, name))];
    }

    private static (KindDefinition Kind, NamespacedName Name) Target(KindDefinition kind, string @namespace, string name) =>
        (kind, new(kind.Namespaced ? @namespace : "", name));

    // Foreground: the object is gone only when all that it owns is gone, so "deleted" means deleted.
    private static async Task DeleteAsync(IResources resources, Resource present, CancellationToken cancel)
    {
        var (kind, key) = (present.GetDefinition(), present.Key);
        var options = new DeleteOptions
        {
            PropagationPolicy = PropagationPolicy.Foreground,
            Preconditions = new() { Uid = present.Metadata.Uid },
        };
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await resources.DeleteAsync(kind, key, options, cancel);
        var following = new ListOptions { Namespace = key.Namespace, FieldSelector = $"metadata.name={key.Name}" };
        if (await resources.GetAsync(kind, key, cancel) is not { } remains || remains.Metadata.Uid != present.Metadata.Uid) return;
        following = following with { ResourceVersion = remains.Metadata.ResourceVersion };
        await foreach (var change in resources.WatchAsync(kind, following, watching.Token))
            if (change.Type == WatchEventType.Deleted) return;
    }
}
