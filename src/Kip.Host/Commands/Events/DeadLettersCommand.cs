using System.CommandLine;
using System.Text;
using System.Text.Json;
using Kip.Host.CommandLine;
using Kip.Host.Events;

namespace Kip.Host.Commands.Events;

/// <summary><c>kip events dlq …</c>: the events that could be delivered nowhere.</summary>
internal static class DeadLettersCommand
{
    private static readonly Argument<string?> Trigger = new("TRIGGER")
    {
        Description = "Only of this Trigger or Subscription (default: all)", Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Argument<string> Id = new("ID") { Description = "As the list shows it, like brokers/default/orders/17" };
    private static readonly Argument<string> TriggerOrId = new("TRIGGER")
    {
        Description = "A Trigger or Subscription: all of its; or the ID of one",
    };
    private static readonly Option<string?> Output = GlobalOptions.Output("json");

    public static Verb Make() => new Verb(
        "dlq",
        "See the events that could be delivered nowhere, and send them again.",
        "kip events dlq list",
        "kip events dlq show brokers/default/orders/17",
        "kip events dlq redrive billing")
        .With(new Verb("list", "List dead letters.", "kip events dlq list", "kip events dlq list billing").With(Trigger).With(Output).Does(ListAsync))
        .With(new Verb("show", "Show one: the event, and what its subscriber answered last.", "kip events dlq show brokers/default/orders/17")
            .With(Id).With(Output).Does(ShowAsync))
        .With(new Verb(
            "redrive",
            "Send dead letters to their subscriber again, once each; those that are taken leave the list.",
            "kip events dlq redrive billing",
            "kip events dlq redrive brokers/default/orders/17").With(TriggerOrId).With(Output).Does(RedriveAsync))
        .With(new Verb("remove", "Remove one for good.", "kip events dlq remove brokers/default/orders/17").With(Id).Does(RemoveAsync));

    private static async Task ListAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var path = parsed.GetValue(Trigger) is { } trigger ? $"deadletters/{Escaped(connection.Namespace)}/{Escaped(trigger)}" : "deadletters";
        var list = await new EventsClient(connection).GetAsync(path, EventsJson.Default.DeadLetterList, cancel);
        if (parsed.GetValue(Output) == "json")
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(list, EventsJson.Indented.DeadLetterList));
            return;
        }
        if (list.DeadLetters.Count == 0)
        {
            Console.Error.WriteLine(parsed.GetValue(Trigger) is { } word
                ? $"There are no dead letters of {word}; see all with: kip events dlq list"
                : "There are no dead letters.");
            return;
        }
        var table = new TextTable("ID", "TRIGGER", "EVENT", "TYPE", "ATTEMPTS", "STATUS", "TIME");
        foreach (var letter in list.DeadLetters)
        {
            table.Row(letter.Id, $"{letter.Subscription.Namespace}/{letter.Subscription.Name}", letter.EventId, letter.EventType, $"{letter.Attempts}",
                StatusText(letter.Status), $"{letter.Time.ToLocalTime():yyyy-MM-dd HH:mm:ss}");
        }
        table.Print(Console.Out);
    }

    private static async Task ShowAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var letter = await new EventsClient(connection).GetAsync($"deadletters/{IdOf(parsed)}", EventsJson.Default.DeadLetterShown, cancel);
        if (parsed.GetValue(Output) == "json")
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(letter, EventsJson.Indented.DeadLetterShown));
            return;
        }
        Console.Out.WriteLine($"Trigger:     {letter.Subscription.Namespace}/{letter.Subscription.Name}");
        Console.Out.WriteLine($"Destination: {letter.Destination}");
        Console.Out.WriteLine($"Attempts:    {letter.Attempts}, the last at {letter.Time.ToLocalTime():yyyy-MM-dd HH:mm:ss}: {StatusText(letter.Status)}");
        if (letter.Body is { Length: > 0 } body) Console.Out.WriteLine($"Answer:      {Encoding.UTF8.GetString(body).Trim()}");
        Console.Out.WriteLine($"Event:       offset {letter.Offset}");
        Console.Out.WriteLine(JsonSerializer.Serialize(letter.Event!.Value, EventsJson.Indented.JsonElement));
    }

    private static async Task RedriveAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var client = new EventsClient(connection);
        var word = parsed.GetRequiredValue(TriggerOrId);
        var json = parsed.GetValue(Output) == "json";
        var (delivered, refused) = (0, 0);
        await using var progress = Progress.Start($"Sending the dead letters of {word} again");
        await foreach (var one in All(client, connection.Namespace, word, cancel))
        {
            if (one.Delivered) delivered++;
            else refused++;
            if (json) Console.Out.WriteLine(JsonSerializer.Serialize(one, EventsJson.Default.Redriven));
            else if (!one.Delivered) Console.Out.WriteLine($"{one.Id}: {StatusText(one.Status)}");
        }
        // Perhaps the name is not the one that was meant.
        if (delivered + refused == 0) Console.Error.WriteLine($"There are no dead letters of {word}; see all with: kip events dlq list");
        else if (!json) Console.Out.WriteLine($"{delivered} event(s) delivered, {refused} refused");
        if (refused > 0) throw new CommandFailure($"{refused} dead letter(s) were refused again and stay in the list");
    }

    private static async IAsyncEnumerable<Redriven> All(
        EventsClient client, string @namespace, string word, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        if (word.Contains('/'))
        {
            yield return await client.PostAsync($"deadletters/{Path(word)}/redrive", EventsJson.Default.Redriven, cancel);
            yield break;
        }
        var lines = client.StreamAsync(
            HttpMethod.Post, $"deadletters/{Escaped(@namespace)}/{Escaped(word)}/redrive", null, EventsJson.Default.Redriven, cancel);
        await foreach (var line in lines) yield return line;
    }

    private static async Task RemoveAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        await new EventsClient(connection).DeleteAsync($"deadletters/{IdOf(parsed)}", cancel);
        Console.Out.WriteLine($"{parsed.GetRequiredValue(Id)} removed");
    }

    private static string IdOf(ParseResult parsed) => Path(parsed.GetRequiredValue(Id));

    private static string Path(string id) => id.Split('/').Length == 4
        ? string.Join('/', id.Split('/').Select(Escaped))
        : throw new CommandFailure($"\"{id}\" is no dead letter's ID, which is like brokers/default/orders/17; see them with: kip events dlq list");

    private static string Escaped(string part) => Uri.EscapeDataString(part);

    private static string StatusText(int status) => status > 0 ? $"{status}" : "no answer";
}
