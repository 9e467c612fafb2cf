using System.CommandLine;
using System.Text;
using System.Text.Json;
using Kip.Client;
using Kip.Host.CommandLine;
using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.Host.Commands;

/// <summary><c>kip domain HOST SERVICE</c>: gives a service a domain of its own, or lists those there are.</summary>
internal static class DomainCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Argument<string?> Host = new("HOST")
    {
        Description = "The domain, e.g. www.example.com. None: list the mappings", Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Argument<string?> Service = new("SERVICE") { Description = "Where it leads", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<string?> Tls = new("--tls")
    {
        Description = "A Secret of type kubernetes.io/tls with a certificate of your own", HelpName = "SECRET",
    };

    private static readonly Option<string?> Output = GlobalOptions.Output("json");

    public static Verb Make() => new Verb(
        "domain",
        "Give a service a domain of its own, or list such domains. \"kip delete domainmapping HOST\" takes one back.",
        "kip domain www.example.com hello",
        "kip domain www.example.com hello --tls my-certificate",
        "kip domain")
        .With(Host).With(Service).With(Tls).With(Output)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var json = parsed.GetValue(Output) == "json";
        if (parsed.GetValue(Host) is not { } host)
        {
            Print(await connection.Resources.ListAsync<DomainMapping>(new ListOptions { Namespace = connection.Namespace }, cancel), json);
            return;
        }
        if (parsed.GetValue(Service) is not { } service) throw new CommandFailure($"which service is {host} to lead to? e.g. kip domain {host} hello");
        await connection.ServiceAsync(service, cancel);
        await MapAsync(connection, host, service, parsed.GetValue(Tls), cancel);
        await using var progress = Progress.Start($"Mapping {host}");
        Print([await ReadyAsync(connection.Resources, new(connection.Namespace, host), cancel)], json);
    }

    private static async Task MapAsync(Connection connection, string host, string service, string? secret, CancellationToken cancel)
    {
        var spec = new DomainMappingSpec
        {
            Ref = new KReference { ApiVersion = "serving.knative.dev/v1", Kind = "Service", Name = service, Namespace = connection.Namespace },
            Tls = secret is null ? null : new SecretTls { SecretName = secret },
        };
        var key = new NamespacedName(connection.Namespace, host);
        if (await connection.Resources.GetAsync<DomainMapping>(key, cancel) is { } present)
            await connection.Resources.UpdateAsync(present with { Spec = spec }, cancel);
        else
            await connection.Resources.CreateAsync(
                new DomainMapping { Metadata = new ObjectMeta { Name = host, Namespace = key.Namespace }, Spec = spec }, cancel);
    }

    private static async Task<DomainMapping> ReadyAsync(IResources resources, NamespacedName key, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Patience);
        var seen = "not yet observed";
        try
        {
            var options = new ListOptions { Namespace = key.Namespace, FieldSelector = $"metadata.name={key.Name}" };
            await foreach (var change in resources.WatchAsync(DomainMapping.Definition, options, deadline.Token))
            {
                if (change.Object is not DomainMapping mapping || mapping.Status.ObservedGeneration != mapping.Metadata.Generation) continue;
                var ready = mapping.Status.Conditions.Find("Ready");
                if (ready?.Status == ConditionStatus.True) return mapping;
                seen = ready?.Message ?? ready?.Reason ?? seen;
                // Nobody gives a domain back while somebody waits here.
                if (ready is { Status: ConditionStatus.False, Reason: "DomainAlreadyClaimed" or "DomainClaimFailed" }) break;
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Told below, with what was seen last.
        }
        throw new CommandFailure($"{key.Name} is mapped but not ready: {seen}");
    }

    private static void Print(IReadOnlyList<DomainMapping> mappings, bool json)
    {
        if (json)
        {
            using var buffer = new MemoryStream();
            using (var writer = new Utf8JsonWriter(buffer))
            {
                writer.WriteStartArray();
                foreach (var mapping in mappings) DomainMapping.Definition.Write(writer, mapping);
                writer.WriteEndArray();
            }
            Console.Out.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
            return;
        }
        if (mappings.Count == 0)
        {
            Console.Out.WriteLine("No domains are mapped. Map one with: kip domain HOST SERVICE");
            return;
        }
        var table = new TextTable("DOMAIN", "SERVICE", "URL", "READY");
        foreach (var mapping in mappings.OrderBy(static m => m.Metadata.Name, StringComparer.Ordinal))
            table.Row(mapping.Metadata.Name, mapping.Spec.Ref?.Name ?? "", mapping.Status.Url ?? "",
                mapping.Status.Conditions.Find("Ready")?.Status ?? "Unknown");
        table.Print(Console.Out);
    }
}
