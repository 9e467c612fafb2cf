using System.CommandLine;
using Kip.Client;
using Kip.Client.Manifests;
using Kip.Host.CommandLine;
using Kip.Resources;

namespace Kip.Host.Commands.Resources;

/// <summary><c>kip apply -f FILE</c>: makes what a manifest declares, or changes it to that.</summary>
internal static class ApplyCommand
{
    internal static readonly Option<string[]> File = new("--filename", "-f")
    {
        Description = "A YAML or JSON file, a folder of them, or - for stdin", HelpName = "FILE", Required = true, Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> Output = GlobalOptions.Output("json", "yaml", "name");

    public static Verb Make() => new Verb(
        "apply",
        "Create or update what manifests declare.",
        "kip apply -f samples/hello.yaml",
        "cat service.yaml | kip apply -f -")
        .With(File).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        // All files are read before the first write, so a mistake in the last leaves nothing half done.
        var manifests = await ManifestFiles.LoadAsync(parsed.GetRequiredValue(File), Console.OpenStandardInput(), connection.ServedKindsAsync, cancel);
        foreach (var manifest in manifests)
        {
            var (stored, done) = await ApplyAsync(connection.Resources, connection.Placed(manifest.Resource), manifest.Json, cancel);
            ResourcePrinter.Done(Console.Out, stored, done, parsed.GetValue(Output));
        }
    }

    /// <summary>Creates the resource, or merges what the manifest states into the one that is there.</summary>
    private static async Task<(Resource Stored, string Done)> ApplyAsync(
        IResources resources, Resource wanted, ReadOnlyMemory<byte> stated, CancellationToken cancel)
    {
        var kind = wanted.GetDefinition();
        var present = await resources.GetAsync(kind, wanted.Key, cancel);
        if (present is null) return (await resources.CreateAsync(wanted, cancel), "created");
        // A merge patch keeps what the manifest does not mention: annotations of controllers, defaults, the status.
        var stored = await resources.PatchAsync(kind, wanted.Key, new Patch(PatchContentType.Merge, stated), cancel);
        return (stored, IsUnchanged(present, stored) ? "unchanged" : "configured");
    }

    // Controllers write statuses meanwhile: a new version alone does not mean that the manifest has changed anything.
    private static bool IsUnchanged(Resource present, Resource stored)
    {
        if (stored.Metadata.ResourceVersion == present.Metadata.ResourceVersion) return true;
        if (stored is not IHasStatus half || !half.SpecEquals(present)) return false;
        var (before, now) = (present.Metadata, stored.Metadata);
        return now.Generation == before.Generation && now.Labels == before.Labels && now.Annotations == before.Annotations;
    }
}
