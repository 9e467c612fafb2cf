using System.CommandLine;
using Kip.Host.CommandLine;
using Kip.Host.Commands.Resources;
using Kip.Host.Deploy;
using Kip.Host.Platform;
using Kip.Resources;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Host.Commands;

/// <summary><c>kip deploy PATH</c>: from a source directory to a service that answers.</summary>
internal static class DeployCommand
{
    private static readonly Argument<string> Source = new("PATH") { Description = "A directory: C#, Node, Python, or a program with a Procfile" };
    private static readonly Option<string?> Name = new("--name") { Description = "The service (default: the directory's name)", HelpName = "N" };
    private static readonly Option<string[]> Environment = new("--env", "-e")
    {
        Description = "An environment variable", HelpName = "K=V", Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<int?> Port = new("--port")
    {
        Description = "The port of a program that does not read $PORT; only one pod of it can run at a time", HelpName = "P",
    };

    private static readonly Option<bool> Container = new("--container")
    {
        Description = "Build a container image, by the Dockerfile if there is one, instead of a bundle that runs as a process",
    };

    private static readonly Option<string?> Base = new("--base")
    {
        Description = "With --container: the image to build upon (default: the language's usual one)", HelpName = "IMAGE",
    };

    private static readonly Option<string[]> Annotation = new("--annotation", "-a")
    {
        Description = "An annotation of the revision, e.g. autoscaling.knative.dev/max-scale=5", HelpName = "K=V", Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<int> Timeout = new("--timeout")
    {
        Description = "Seconds to wait until it is ready", HelpName = "SECONDS", DefaultValueFactory = static _ => 120,
    };

    private static readonly Option<string?> Output = GlobalOptions.Output("json", "url");

    public static Verb Make() => new Verb(
        "deploy",
        "Build a directory and run it as a service. An unchanged directory is not built again.",
        "kip deploy samples/hello-csharp --name hello",
        "kip deploy samples/hello-csharp --container --base kip.local/aspnet:10.0",
        "kip deploy . -e GREETING=hi -a autoscaling.knative.dev/min-scale=1")
        .With(Source).With(Name).With(Environment).With(Port).With(Container).With(Base)
        .With(Annotation).With(Timeout).With(PlatformOptionSymbols.Data).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = parsed.GetValue(PlatformOptionSymbols.Data) is { } folder
            ? Connection.Open(new DataFolder(folder), parsed)
            : Connection.Open(parsed);
        var directory = SourceDirectory(parsed.GetRequiredValue(Source));
        var name = ServiceName.For(parsed.GetValue(Name), directory);
        var timeout = TimeSpan.FromSeconds(GlobalOptions.AtLeast(1, parsed.GetValue(Timeout), "--timeout"));
        // Asked before the build, which may take long, and may be for nothing.
        await connection.RequireNamespaceAsync(cancel);
        var isContainer = parsed.GetValue(Container);
        if (!isContainer && parsed.GetValue(Base) is not null) throw new CommandFailure("--base is what a container is built upon; say --container too");
        var image = isContainer
            ? await ContainerBuild.RunAsync(connection.Data, directory, name, parsed.GetValue(Base), cancel)
            : await BundleBuild.RunAsync(connection.Data, directory, name, cancel);
        var request = new DeployRequest
        {
            Name = new(connection.Namespace, name),
            Image = image,
            Environment = KeyValues.Parse("--env", parsed.GetValue(Environment)),
            Annotations = KeyValues.Parse("--annotation", parsed.GetValue(Annotation)),
            Port = parsed.GetValue(Port),
            IsContainer = isContainer,
        };
        var service = await ServiceDeployment.RunAsync(connection, request, timeout, cancel);
        Print(service, parsed.GetValue(Output));
    }

    private static string SourceDirectory(string path)
    {
        if (Directory.Exists(path)) return System.IO.Path.GetFullPath(path);
        throw new CommandFailure(File.Exists(path)
            ? $"{path} is a file; kip deploy takes a directory (for a manifest use: kip apply -f {path})"
            : $"there is no directory {path}");
    }

    private static void Print(Service service, string? format)
    {
        if (format == "json") Console.Out.WriteLine(ResourcePrinter.Text(service, "json"));
        else if (format == "url") Console.Out.WriteLine(service.Status.Url);
        else Console.Out.WriteLine($"{service.Status.LatestReadyRevisionName} serves at {service.Status.Url}");
    }
}
