using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kip.Resources;

/// <summary>An immutable string-to-string map kept sorted by key: labels, annotations, selectors, data.</summary>
/// <remarks>Equal by content. The default is the empty map, which JSON leaves out. One array per map, nothing per entry.</remarks>
[JsonConverter(typeof(StringMapConverter))]
public readonly struct StringMap : IReadOnlyDictionary<string, string>, IEquatable<StringMap>
{
    private readonly KeyValuePair<string, string>[]? _entries;

    private StringMap(KeyValuePair<string, string>[] sorted) => _entries = sorted.Length == 0 ? null : sorted;

    /// <summary>A map with these entries; of two with the same key the later wins.</summary>
    public static StringMap From(IEnumerable<KeyValuePair<string, string>> entries)
    {
        var last = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in entries) last[key] = value;
        return new StringMap([.. last]);
    }

    // What was written by a map is in order already.
    internal static StringMap Read(List<KeyValuePair<string, string>> entries)
    {
        for (var i = 1; i < entries.Count; i++)
            if (string.CompareOrdinal(entries[i - 1].Key, entries[i].Key) >= 0) return From(entries);
        return new([.. entries]);
    }

    /// <summary>A map with these entries; of two with the same key the later wins.</summary>
    public static StringMap Of(params ReadOnlySpan<(string Key, string Value)> entries)
    {
        var last = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in entries) last[key] = value;
        return new StringMap([.. last]);
    }

    public int Count => _entries?.Length ?? 0;

    public bool IsEmpty => _entries is null;

    /// <summary>The value of a key.</summary>
    /// <exception cref="KeyNotFoundException">The key is not in the map; <see cref="Get"/> answers null instead.</exception>
    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException(key);

    public IEnumerable<string> Keys => (_entries ?? []).Select(static e => e.Key);

    public IEnumerable<string> Values => (_entries ?? []).Select(static e => e.Value);

    /// <summary>The value of a key, or null.</summary>
    public string? Get(string key) => TryGetValue(key, out var value) ? value : null;

    public bool ContainsKey(string key) => Find(key) >= 0;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        var at = Find(key);
        value = at >= 0 ? _entries![at].Value : null;
        return at >= 0;
    }

    /// <summary>This map with one entry added or replaced.</summary>
    public StringMap With(string key, string value) =>
        Get(key) == value ? this : From((_entries ?? []).Append(new(key, value)));

    /// <summary>This map with all entries of another added, the other's winning.</summary>
    public StringMap With(StringMap other) => other.IsEmpty ? this : IsEmpty ? other : From((_entries ?? []).Concat(other._entries ?? []));

    /// <summary>This map without one key.</summary>
    public StringMap Without(string key) => ContainsKey(key) ? Where(k => k != key) : this;

    /// <summary>The entries whose key passes.</summary>
    public StringMap Where(Func<string, bool> keep) => new((_entries ?? []).Where(e => keep(e.Key)).ToArray());

    /// <summary>This map with the other's texts wherever they are the same, so that versions of an object share memory.</summary>
    public StringMap SharedWith(StringMap other)
    {
        if (_entries is null || other._entries is null || ReferenceEquals(_entries, other._entries)) return this;
        var (entries, same) = (new KeyValuePair<string, string>[Count], 0);
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = _entries[i];
            if (other.Find(_entries[i].Key) is not (>= 0 and var at)) continue;
            var isSame = other._entries[at].Value == _entries[i].Value;
            entries[i] = isSame ? other._entries[at] : new(other._entries[at].Key, _entries[i].Value);
            if (isSame) same++;
        }
        return same == entries.Length && same == other.Count ? other : new(entries);
    }

    /// <summary>The entries in key order, without a copy.</summary>
    public ReadOnlySpan<KeyValuePair<string, string>> AsSpan() => _entries;

    public ReadOnlySpan<KeyValuePair<string, string>>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();

    public bool Equals(StringMap other)
    {
        if (ReferenceEquals(_entries, other._entries)) return true;
        if (Count != other.Count) return false;
        for (var i = 0; i < Count; i++)
            if (_entries![i].Key != other._entries![i].Key || _entries[i].Value != other._entries[i].Value) return false;
        return true;
    }

    public override bool Equals(object? obj) => obj is StringMap other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var (key, value) in AsSpan())
        {
            hash.Add(key);
            hash.Add(value);
        }
        return hash.ToHashCode();
    }

    public static bool operator ==(StringMap left, StringMap right) => left.Equals(right);

    public static bool operator !=(StringMap left, StringMap right) => !left.Equals(right);

    public override string ToString() => string.Join(",", (_entries ?? []).Select(static e => $"{e.Key}={e.Value}"));

    IEnumerator<KeyValuePair<string, string>> IEnumerable<KeyValuePair<string, string>>.GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, string>>)(_entries ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => (_entries ?? []).GetEnumerator();

    private int Find(string key)
    {
        var low = 0;
        var high = Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(_entries![middle].Key, key);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }
}

/// <summary>Reads and writes a <see cref="StringMap"/> as a JSON object of strings.</summary>
public sealed class StringMapConverter : JsonConverter<StringMap>
{
    public override bool HandleNull => true;

    public override StringMap Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return default;
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("expected an object of strings");
        var entries = new List<KeyValuePair<string, string>>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            // The keys of a thousand objects are a dozen words. Values are not shared: those of a Secret must not outlive it.
            var key = SharedText.Of(reader.GetString()!);
            reader.Read();
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
                throw new JsonException($"the value of \"{key}\" must be a string");
            entries.Add(new(key, reader.GetString() ?? ""));
        }
        return StringMap.Read(entries);
    }

    public override void Write(Utf8JsonWriter writer, StringMap value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (key, text) in value) writer.WriteString(key, text);
        writer.WriteEndObject();
    }
}
