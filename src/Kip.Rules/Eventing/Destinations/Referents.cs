using Kip.Resources;
using Kip.Resources.Duck;

namespace Kip.Rules.Eventing.Destinations;

/// <summary>A destination with its reference resolved.</summary>
public sealed record ResolvedDestination(string Url, string? CACerts, string? Audience);

/// <summary>The objects that destinations of one object refer to, as far as they exist.</summary>
public sealed record Referents(ValueList<Resource> Found)
{
    public static readonly Referents None = new(default(ValueList<Resource>));

    /// <summary>Which objects destinations refer to.</summary>
    /// <param name="namespace">Where a reference without a namespace leads.</param>
    public static IEnumerable<(KindDefinition Kind, NamespacedName Name)> Named(string @namespace, params IEnumerable<Destination?> destinations)
    {
        foreach (var destination in destinations)
            if (destination?.Ref is { } reference && Addresses.KindOf(reference) is { } kind)
                yield return (kind, KeyOf(reference, @namespace));
    }

    /// <summary>Where a destination leads; null, with an error, when that is not known now.</summary>
    public ResolvedDestination? Resolve(Destination destination, string @namespace, out string error)
    {
        error = "";
        if (destination.Ref is not { } reference)
        {
            if (destination.Uri is { Length: > 0 } uri) return new(uri, destination.CACerts, destination.Audience);
            error = "destination missing Ref and URI, expected at least one";
            return null;
        }
        if (AddressOf(reference, @namespace, destination.CACerts, out error) is not { } address) return null;
        var url = address.Url!;
        if (destination.Uri is { Length: > 0 } relative) url = new Uri(new Uri(url), relative).AbsoluteUri;
        return new(url, NotEmpty(destination.CACerts) ?? address.CACerts, NotEmpty(destination.Audience) ?? address.Audience);
    }

    private Addressable? AddressOf(KReference reference, string @namespace, string? certificates, out string error)
    {
        error = "";
        var key = KeyOf(reference, @namespace);
        if (Addresses.KindOf(reference) is not { } kind)
        {
            error = $"failed to get object {key.Namespace}/{key.Name}: {reference.ApiVersion} {reference.Kind} has no address here";
            return null;
        }
        if (Find(kind, key) is not { } target)
        {
            error = $"failed to get object {key.Namespace}/{key.Name}: {kind.QualifiedPlural} \"{key.Name}\" not found";
            return null;
        }
        var address = Addresses.Of(target, reference.Address);
        if (address is not { Url.Length: > 0 })
        {
            error = string.IsNullOrEmpty(reference.Address)
                ? $"address not set for {kind.Kind} {key.Namespace}/{key.Name}"
                : $"address with name \"{reference.Address}\" not found for {kind.Kind} {key.Namespace}/{key.Name}";
            return null;
        }
        // Whoever brings certificates for a plain Service means to reach it by https.
        return kind == Resources.Core.Service.Definition && !string.IsNullOrEmpty(certificates)
            ? address with { Url = "https" + address.Url["http".Length..] }
            : address;
    }

    private Resource? Find(KindDefinition kind, NamespacedName key)
    {
        foreach (var resource in Found)
            if (resource.GetDefinition() == kind && resource.Key == key) return resource;
        return null;
    }

    private static NamespacedName KeyOf(KReference reference, string @namespace) =>
        new(string.IsNullOrEmpty(reference.Namespace) ? @namespace : reference.Namespace, reference.Name ?? "");

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
