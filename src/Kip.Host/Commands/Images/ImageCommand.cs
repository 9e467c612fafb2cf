using System.CommandLine;
using System.Text.Json;
using Kip.Host.CommandLine;
using Kip.Host.Platform;
using Kip.Host.Platform.Images;
using Kip.Host.Platform.Starting;
using Kip.Images.Archives;
using Kip.Images.References;
using Kip.Images.Storage;

namespace Kip.Host.Commands.Images;

/// <summary><c>kip image</c>: the images in the data folder. All of it works with and without a running platform, but for <c>prune</c>.</summary>
internal static class ImageCommand
{
    private static readonly Option<string?> Output = GlobalOptions.Output("json");
    private static readonly Argument<string> File = new("FILE") { Description = "An OCI layout (folder or tar), or what docker save wrote; also gzipped" };
    private static readonly Argument<string[]> Names = new("NAME") { Description = "Images, as kip image ls shows them", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> Name = new("--name")
    {
        Description = "What to call it, e.g. kip.local/hello:v1 (default: as the file says)", HelpName = "NAME",
    };
    private static readonly Option<bool> All = new("--all", "-a") { Description = "Pulled images that nothing uses too, however recently they were used" };

    public static Verb Make() => new Verb(
        "image", "Load, list and remove the images of this machine.", "kip image load hello.tar", "kip image ls", "kip image prune")
        .With(new Verb(
            "load", "Load images from a file or folder.", "docker save hello:v1 | gzip > hello.tar.gz && kip image load hello.tar.gz",
            "kip image load layout/ --name kip.local/hello:v1")
            .With(File).With(Name).With(PlatformOptionSymbols.Data).With(Output).Does(LoadAsync))
        .With(new Verb("ls", "List the images.", "kip image ls", "kip image ls -o json").With(PlatformOptionSymbols.Data).With(Output).Does(ListAsync))
        .With(new Verb("rm", "Remove names. The content goes with the next prune, if nothing uses it.", "kip image rm kip.local/hello:v1")
            .With(Names).With(PlatformOptionSymbols.Data).Does(RemoveAsync))
        .With(new Verb("prune", "Delete content that no name, Revision or pod needs.", "kip image prune", "kip image prune --all")
            .With(All).With(PlatformOptionSymbols.Data).With(Output).Does(PruneAsync));

    private static async Task LoadAsync(ParseResult parsed, CancellationToken cancel)
    {
        var data = DataOf(parsed);
        data.Create();
        var path = parsed.GetRequiredValue(File);
        if (!Directory.Exists(path) && !System.IO.File.Exists(path)) throw new CommandFailure($"there is no file or folder {path}");
        var name = parsed.GetValue(Name) is { } given ? ImageNames.Parse(given, data) : null;
        await using var progress = Progress.Start($"Loading {path}");
        IReadOnlyList<LoadedImage> loaded;
        try
        {
            loaded = await new ImageArchive(LocalImages.Open(new ImageFolders(data.Root))).LoadAsync(path, name, progress.Say, cancel);
        }
        catch (ArchiveException failure)
        {
            throw new CommandFailure(failure.Message);
        }
        if (parsed.GetValue(Output) == "json")
            Console.Out.WriteLine(JsonSerializer.Serialize(
                loaded.Select(static l => new ImageName($"{l.Name}", $"{l.Digest}")).ToArray(), ImageCommandJson.Default.ImageNameArray));
        else foreach (var image in loaded) Console.Out.WriteLine($"{image.Name} is loaded ({image.Digest})");
    }

    private static async Task ListAsync(ParseResult parsed, CancellationToken cancel)
    {
        var rows = await ImageList.ReadAsync(DataOf(parsed), cancel);
        if (parsed.GetValue(Output) == "json")
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(rows, ImageCommandJson.Default.ImageRowArray));
            return;
        }
        if (rows.Length == 0)
        {
            Console.Out.WriteLine("No images. Load one: kip image load FILE; or push one: kip registry login");
            return;
        }
        var table = new TextTable("IMAGE", "TAG", "DIGEST", "SIZE", "CAME");
        foreach (var row in rows) table.Row(row.Repository, row.Tag, row.Digest["sha256:".Length..][..12], $"{row.Bytes / 1e6:0.0} MB", row.Origin);
        table.Print(Console.Out);
    }

    private static Task RemoveAsync(ParseResult parsed, CancellationToken cancel)
    {
        var data = DataOf(parsed);
        var repositories = LocalImages.Open(new ImageFolders(data.Root)).Repositories;
        foreach (var name in parsed.GetRequiredValue(Names))
        {
            var image = ImageNames.Parse(name, data);
            var removed = image.Digest is { } digest ? repositories.RemoveManifest(image.Name, digest) : repositories.RemoveTag(image.Name, image.Tag!);
            if (!removed) throw new CommandFailure($"there is no image {image}; see them with: kip image ls");
            Console.Out.WriteLine($"{image} is removed");
        }
        return Task.CompletedTask;
    }

    private static async Task PruneAsync(ParseResult parsed, CancellationToken cancel)
    {
        var data = DataOf(parsed);
        var running = InstanceFile.Read(data)
            ?? throw new CommandFailure(
                $"Kip is not running over {data.Root}, so nobody can tell which images are used; start it with: kip up --detach{Welcome.DataOption(data)}",
                3);
        using var connection = Connection.Open(data, parsed);
        var inUse = await ImagesInUse.ReadAsync(connection.Resources, ImageNames.OwnOf(running), cancel);
        var stores = ImageStores.Open(data, TimeProvider.System);
        await using var progress = Progress.Start("Looking for what nothing uses");
        var options = parsed.GetValue(All) ? new PruneOptions { MaxPulledBytes = 0, Grace = TimeSpan.FromMinutes(1) } : new PruneOptions { MaxPulledBytes = 0 };
        var report = await new ImagePruner(stores.Folders, stores.Images, stores.Layers, TimeProvider.System).PruneAsync(inUse, options, cancel);
        if (parsed.GetValue(Output) == "json") Console.Out.WriteLine(JsonSerializer.Serialize(report, ImageCommandJson.Default.PruneReport));
        else Console.Out.WriteLine(
            $"{report.Images} images, {report.Blobs} blobs and {report.Layers} unpacked layers are removed; {report.Bytes / 1e6:0.0} MB are free again");
    }

    private static DataFolder DataOf(ParseResult parsed) => DataFolder.Choose(parsed.GetValue(PlatformOptionSymbols.Data));
}
