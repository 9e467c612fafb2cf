using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Kip.Runtime.Networking;

/// <summary>Chooses a platform's subnet so that it meets no route of the machine.</summary>
public static class SubnetChoice
{
    /// <summary>4,094 addresses, less the bridge's.</summary>
    public const int Prefix = 20;

    private const uint Range = 10u << 24 | 89u << 16;
    private const int Count = 39 * 16;

    /// <summary>The first free one of those below 10.89.0.0 … 10.127.255.255, beginning at a place that differs between platforms.</summary>
    /// <param name="runtimeId">The platform's id.</param>
    /// <param name="routes">What the machine routes already.</param>
    /// <returns>Null: all are taken.</returns>
    public static Subnet? Choose(string runtimeId, IReadOnlyCollection<Subnet> routes)
    {
        var begin = (int)(Hash(runtimeId) % Count);
        for (var i = 0; i < Count; i++)
        {
            var candidate = new Subnet(Range + (uint)((begin + i) % Count) * (1u << (32 - Prefix)), Prefix);
            if (!routes.Any(candidate.Overlaps)) return candidate;
        }
        return null;
    }

    /// <summary>The subnets in <c>/proc/net/route</c>, the default route left out.</summary>
    public static IReadOnlyCollection<Subnet> Routes(IEnumerable<string> lines)
    {
        var routes = new List<Subnet>();
        foreach (var line in lines.Skip(1))
        {
            var fields = line.Split('\t');
            if (fields.Length < 8 || !TryHex(fields[1], out var first) || !TryHex(fields[7], out var mask) || mask == 0) continue;
            routes.Add(new Subnet(first, BitOperations.PopCount(mask)));
        }
        return routes;
    }

    /// <summary>The link of the machine's default route. Null: it has none.</summary>
    public static string? DefaultLink(IEnumerable<string> lines) =>
        lines.Skip(1).Select(static l => l.Split('\t')).FirstOrDefault(static f => f.Length >= 8 && f[1] == "00000000" && f[7] == "00000000")?[0];

    private static bool TryHex(string text, out uint number)
    {
        var read = uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
        // The kernel prints the bytes as they lie in memory.
        if (BitConverter.IsLittleEndian) number = BinaryPrimitives.ReverseEndianness(number);
        return read;
    }

    private static uint Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text) hash = (hash ^ c) * 16777619u;
        return hash;
    }
}
