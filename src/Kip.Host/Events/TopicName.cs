using Kip.Host.CommandLine;
using Kip.Resources;

namespace Kip.Host.Events;

/// <summary>A Broker or a channel whose events are meant: <c>orders</c>, <c>broker/orders</c>, <c>channel/orders</c>.</summary>
/// <param name="Kind"><c>brokers</c> or <c>channels</c>, as the event API names them.</param>
internal sealed record TopicName(string Kind, NamespacedName Name)
{
    /// <summary>What the argument that names one says of itself.</summary>
    public const string Help = "A Broker, or channel/NAME";

    /// <exception cref="CommandFailure">The word names neither.</exception>
    public static TopicName Parse(string word, string @namespace)
    {
        var slash = word.IndexOf('/');
        var kind = slash < 0 ? "brokers" : word[..slash].ToLowerInvariant() switch
        {
            "broker" or "brokers" => "brokers",
            "channel" or "channels" or "inmemorychannel" or "imc" => "channels",
            var other => throw new CommandFailure($"\"{other}\" is neither broker nor channel; name a Broker, or channel/NAME"),
        };
        var name = word[(slash + 1)..];
        if (name.Length == 0 || name.Contains('/'))
            throw new CommandFailure($"\"{word}\" names no Broker and no channel; write NAME, or channel/NAME");
        return new(kind, new(@namespace, name));
    }

    public string Path => $"{Kind}/{Uri.EscapeDataString(Name.Namespace)}/{Uri.EscapeDataString(Name.Name)}";

    public override string ToString() => $"{(Kind == "brokers" ? "broker" : "channel")} {Name.Name}";
}
