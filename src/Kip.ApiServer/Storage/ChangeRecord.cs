using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Kip.ApiServer.Storage.Encryption;
using Kip.Resources;

namespace Kip.ApiServer.Storage;

/// <summary>
/// One change as the journal holds it: a byte that says put or remove, the version, and the object (or its name) as JSON. A third kind of
/// record has only a version: the one with which a store began after it was opened.
/// </summary>
internal static class ChangeRecord
{
    public const int HeadBytes = 9;

    private const byte Put = (byte)'P';
    private const byte Removal = (byte)'R';
    private const byte SealedPut = (byte)'S';
    private const byte Opening = (byte)'O';

    /// <summary>The head of a change's record.</summary>
    /// <param name="isSealed">The object behind it is encrypted.</param>
    public static Span<byte> Head(Span<byte> into, long version, bool removal, bool isSealed = false) =>
        Head(into, version, removal ? Removal : isSealed ? SealedPut : Put);

    /// <summary>A whole record: versions up to this one may have been shown.</summary>
    public static Span<byte> OpeningAt(Span<byte> into, long version) => Head(into, version, Opening);

    /// <summary>Whether a record holds no change, only the version with which a store began.</summary>
    public static bool IsOpening(ReadOnlySpan<byte> record, out long version)
    {
        var found = record is [Opening, ..] && record.Length == HeadBytes;
        version = found ? BinaryPrimitives.ReadInt64LittleEndian(record[1..]) : 0;
        return found;
    }

    private static Span<byte> Head(Span<byte> into, long version, byte kind)
    {
        into[0] = kind;
        BinaryPrimitives.WriteInt64LittleEndian(into[1..], version);
        return into[..HeadBytes];
    }

    /// <summary>What names a removed object: the head of a manifest.</summary>
    public static ReadOnlySpan<byte> RemovalBody(ObjectId id)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("apiVersion"u8, id.Kind.ApiVersion);
        writer.WriteString("kind"u8, id.Kind.Kind);
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("namespace"u8, id.Name.Namespace);
        writer.WriteString("name"u8, id.Name.Name);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan;
    }

    /// <summary>Reads a record back.</summary>
    /// <param name="kindOf">The kind of an <c>apiVersion</c> and <c>kind</c>, or null.</param>
    /// <exception cref="StoreException">The record is not one, or names a kind that is not known.</exception>
    public static (long Version, ObjectId Id, Resource? Object) Read(
        ReadOnlySpan<byte> record, Func<string, string, KindDefinition?> kindOf, SecretCipher? cipher = null)
    {
        if (record.Length <= HeadBytes || record[0] is not (Put or Removal or SealedPut)) throw new StoreException("a record of the log is not a change");
        var version = BinaryPrimitives.ReadInt64LittleEndian(record[1..]);
        var body = record[0] == SealedPut ? Opened(record[HeadBytes..], cipher) : record[HeadBytes..];
        var kind = KindOf(body, kindOf);
        var resource = StoredJson.Read(kind, body, version);
        return (version, new ObjectId(kind, resource.Key), record[0] == Removal ? null : resource);
    }

    private static ReadOnlySpan<byte> Opened(ReadOnlySpan<byte> body, SecretCipher? cipher)
    {
        if (cipher is null) throw new StoreException("the log holds an encrypted secret, and no key was named");
        try
        {
            return cipher.Open(body);
        }
        catch (CryptographicException)
        {
            throw new StoreException("a secret in the log cannot be decrypted: it is damaged, or was written with another key: restore a backup");
        }
    }

    // Every object begins with its apiVersion and kind, so they are found without parsing the rest.
    private static KindDefinition KindOf(ReadOnlySpan<byte> json, Func<string, string, KindDefinition?> kindOf)
    {
        string? apiVersion = null, kind = null;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while ((apiVersion is null || kind is null) && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKind = reader.ValueTextEquals("kind"u8);
            var isApiVersion = reader.ValueTextEquals("apiVersion"u8);
            reader.Read();
            if (isKind) kind = reader.GetString();
            else if (isApiVersion) apiVersion = reader.GetString();
            else reader.Skip();
        }
        return kindOf(apiVersion ?? "", kind ?? "")
            ?? throw new StoreException(
                $"the log holds an object of kind {kind} in {apiVersion}, which this kip does not know: use the newer kip that wrote it");
    }
}
