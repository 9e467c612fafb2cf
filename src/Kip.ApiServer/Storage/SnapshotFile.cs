using System.Buffers.Binary;
using System.Globalization;
using Kip.ApiServer.Storage.Encryption;
using Kip.Log;
using Kip.Log.Files;
using Kip.Resources;

namespace Kip.ApiServer.Storage;

/// <summary>A file that holds everything stored at one version: its version, the number of objects, and the objects as change records.</summary>
internal static class SnapshotFile
{
    private const string Prefix = "snapshot-";
    private const int HeadBytes = 16;

    /// <summary>The places of the snapshots in a folder, the newest first.</summary>
    public static IReadOnlyList<ulong> List(ILogFiles files) =>
    [
        .. files.List()
            .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(static name => ulong.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : 0)
            .Where(static place => place > 0)
            .OrderDescending(),
    ];

    public static void Write(ILogFiles files, StoreImage image, SecretCipher? cipher) => DurableFile.Replace(files, NameOf(image.Place), stream =>
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        BinaryPrimitives.WriteInt64LittleEndian(head, image.Version);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], image.Count);
        stream.Write(head);
        foreach (var resource in image.Tables.Values.SelectMany(static table => table.In(null))) Write(stream, resource, cipher);
    });

    /// <summary>Reads one snapshot. Its end is reached only if all of it is as it was written.</summary>
    /// <exception cref="FileDamagedException">It is not.</exception>
    public static StoreImage Read(ILogFiles files, ulong place, Func<string, string, KindDefinition?> kindOf, SecretCipher? cipher)
    {
        using var stream = DurableFile.OpenRead(files, NameOf(place)) ?? throw new FileNotFoundException(NameOf(place));
        Span<byte> head = stackalloc byte[HeadBytes];
        stream.ReadExactly(head);
        var (version, count) = (BinaryPrimitives.ReadInt64LittleEndian(head), BinaryPrimitives.ReadInt64LittleEndian(head[8..]));
        var image = new ImageBuilder(version, place);
        for (var i = 0L; i < count; i++)
        {
            stream.ReadExactly(head[..4]);
            var record = new byte[BinaryPrimitives.ReadInt32LittleEndian(head)];
            stream.ReadExactly(record);
            image.Apply(record, kindOf, cipher);
        }
        if (stream.ReadByte() >= 0) throw new StoreException($"{NameOf(place)} holds more than it says");
        return image.Build();
    }

    public static void Delete(ILogFiles files, ulong place) => files.Delete(NameOf(place));

    private static void Write(Stream stream, Resource resource, SecretCipher? cipher)
    {
        var version = long.Parse(resource.Metadata.ResourceVersion!, CultureInfo.InvariantCulture);
        var json = StoredJson.Write(resource with { Metadata = resource.Metadata with { ResourceVersion = null } });
        var isSealed = cipher is not null && SecretCipher.Covers(resource.GetDefinition());
        if (isSealed) json = cipher!.Seal(json);
        Span<byte> head = stackalloc byte[4 + ChangeRecord.HeadBytes];
        BinaryPrimitives.WriteInt32LittleEndian(head, ChangeRecord.HeadBytes + json.Length);
        ChangeRecord.Head(head[4..], version, removal: false, isSealed);
        stream.Write(head);
        stream.Write(json);
    }

    private static string NameOf(ulong place) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{place:D20}");
}
