using System.Runtime.CompilerServices;
using Kip.Resources;

namespace Kip.ApiServer.Http.Verbs;

/// <summary>The text of objects that changed lately: many watchers are told of the same change, and it is written once for all.</summary>
/// <remarks>A slot per object, taken over by the next that falls on it; so it holds no more than its slots times its largest text.</remarks>
internal sealed class SharedJson
{
    private const int Slots = 128;
    private const int LargestText = 16 * 1024;

    private readonly Entry?[] _entries = new Entry?[Slots];

    /// <summary>An object in the version that is served.</summary>
    public ReadOnlySpan<byte> Of(KindDefinition served, Resource resource)
    {
        ref var slot = ref _entries[(uint)RuntimeHelpers.GetHashCode(resource) % Slots];
        // Objects never change, so the same one has the same text.
        if (Volatile.Read(ref slot) is { } known && ReferenceEquals(known.Resource, resource) && known.Served == served) return known.Json;
        var json = ObjectText.Of(served, resource);
        if (json.Length <= LargestText) Volatile.Write(ref slot, new Entry(served, resource, json));
        return json;
    }

    private sealed record Entry(KindDefinition Served, Resource Resource, byte[] Json);
}
