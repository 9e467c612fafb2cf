using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Kip.Runtime.Networking;

/// <summary>A range of IPv4 addresses.</summary>
/// <param name="First">Its first address as a number, which names the range itself.</param>
/// <param name="Prefix">How many bits all its addresses share.</param>
public readonly record struct Subnet(uint First, int Prefix)
{
    public uint Size => Prefix == 0 ? uint.MaxValue : 1u << (32 - Prefix);

    /// <summary>The bridge's own address: the first that is one.</summary>
    public IPAddress Gateway => At(1);

    /// <summary>Reads <c>10.89.16.0/20</c>; bits behind the prefix must be zero.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Subnet? subnet)
    {
        subnet = null;
        var slash = text?.IndexOf('/') ?? -1;
        if (slash < 0 || !IPAddress.TryParse(text.AsSpan(0, slash), out var address) || address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork)
            return false;
        if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) || prefix is < 8 or > 28) return false;
        var made = new Subnet(Number(address), prefix);
        if ((made.First & (made.Size - 1)) != 0) return false;
        subnet = made;
        return true;
    }

    /// <summary>The address that is so far from the first.</summary>
    public IPAddress At(uint offset)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, First + offset);
        return new IPAddress(bytes);
    }

    public bool Overlaps(Subnet other) => First < other.First + (ulong)other.Size && other.First < First + (ulong)Size;

    public override string ToString() => $"{At(0)}/{Prefix}";

    internal static uint Number(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
}
