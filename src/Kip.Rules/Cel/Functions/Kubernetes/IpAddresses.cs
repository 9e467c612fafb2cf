using System.Net;
using Kip.Rules.Cel.Types;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Functions.Kubernetes;

/// <summary>Kubernetes' libraries of IP addresses and ranges, which take only what Go's netip takes: no zones, no leading zeros, no IPv4 in IPv6.</summary>
internal static class IpAddresses
{
    public static IEnumerable<CelOverload> All { get; } =
    [
        CelOverload.Of("isIP(string) bool", static (a, _) => CelBool.Of(ReadIp(a.Text(0)) is not null)),
        CelOverload.Of(
            "ip(string) ip",
            static (a, _) => (CelValue?)ReadIp(a.Text(0)) ?? new CelError($"IP Address '{a.Text(0)}' parse error during conversion from string")),
        CelOverload.Of("ip::isCanonical(string) bool", static (a, _) => ReadIp(a.Text(0)) is { } ip ? CelBool.Of(ip.Address.ToString() == a.Text(0))
            : new CelError($"IP Address '{a.Text(0)}' parse error during conversion from string")),
        CelOverload.Of("string(ip) string", static (a, _) => new CelText(Ip(a, 0).ToString())),
        CelOverload.Of("ip.family() int", static (a, _) => new CelInt(IsFour(Ip(a, 0)) ? 4 : 6)),
        CelOverload.Of("ip.isUnspecified() bool", static (a, _) => CelBool.Of(Ip(a, 0).Equals(IPAddress.Any) || Ip(a, 0).Equals(IPAddress.IPv6Any))),
        CelOverload.Of("ip.isLoopback() bool", static (a, _) => CelBool.Of(IPAddress.IsLoopback(Ip(a, 0)))),
        CelOverload.Of("ip.isLinkLocalMulticast() bool", static (a, _) => CelBool.Of(IsLinkLocalMulticast(Ip(a, 0)))),
        CelOverload.Of("ip.isLinkLocalUnicast() bool", static (a, _) => CelBool.Of(IsLinkLocalUnicast(Ip(a, 0)))),
        CelOverload.Of("ip.isGlobalUnicast() bool", static (a, _) => CelBool.Of(IsGlobalUnicast(Ip(a, 0)))),
        CelOverload.Of("isCIDR(string) bool", static (a, _) => CelBool.Of(ReadCidr(a.Text(0)) is not null)),
        CelOverload.Of("cidr(string) cidr", static (a, _) => (CelValue?)ReadCidr(a.Text(0)) ?? NoRange(a.Text(0))),
        CelOverload.Of("string(cidr) string", static (a, _) => new CelText($"{Cidr(a, 0).Address}/{Cidr(a, 0).Length}")),
        CelOverload.Of("cidr.ip() ip", static (a, _) => new CelIp(Cidr(a, 0).Address)),
        CelOverload.Of("cidr.prefixLength() int", static (a, _) => new CelInt(Cidr(a, 0).Length)),
        CelOverload.Of("cidr.masked() cidr", static (a, _) => new CelCidr(Cidr(a, 0).Network.BaseAddress, Cidr(a, 0).Length)),
        CelOverload.Of("cidr.containsIP(ip) bool", static (a, _) => CelBool.Of(Cidr(a, 0).Network.Contains(Ip(a, 1)))),
        CelOverload.Of("cidr.containsIP(string) bool", static (a, _) => ReadIp(a.Text(1)) is { } ip ? CelBool.Of(Cidr(a, 0).Network.Contains(ip.Address))
            : new CelError($"IP Address '{a.Text(1)}' parse error during conversion from string")),
        CelOverload.Of("cidr.containsCIDR(cidr) bool", static (a, _) => Contains(Cidr(a, 0), Cidr(a, 1))),
        CelOverload.Of("cidr.containsCIDR(string) bool", static (a, _) => ReadCidr(a.Text(1)) is { } inner ? Contains(Cidr(a, 0), inner) : NoRange(a.Text(1))),
    ];

    private static CelIp? ReadIp(string text)
    {
        if (text.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(text, out var ip)) return null;
        if (ip.IsIPv4MappedToIPv6) return null;
        // Other spellings of the four numbers are for old programs only.
        return IsFour(ip) && ip.ToString() != text ? null : text.StartsWith('[') ? null : new(ip);
    }

    private static CelCidr? ReadCidr(string text) =>
        text.Split('/') is [var address, var bits] && ReadIp(address) is { } ip && byte.TryParse(bits, out var length) && bits == $"{length}"
        && length <= (IsFour(ip.Address) ? 32 : 128) ? new(ip.Address, length) : null;

    private static IPAddress Ip(CelValue[] arguments, int at) => ((CelIp)arguments[at]).Address;

    private static CelCidr Cidr(CelValue[] arguments, int at) => (CelCidr)arguments[at];

    private static CelBool Contains(CelCidr outer, CelCidr inner) =>
        CelBool.Of(inner.Length >= outer.Length && outer.Network.Contains(inner.Network.BaseAddress));

    private static CelError NoRange(string text) => new($"network address parse error during conversion from string: '{text}'");

    private static bool IsFour(IPAddress ip) => ip.GetAddressBytes().Length == 4;

    private static bool IsLinkLocalMulticast(IPAddress ip)
    {
        var bytes = ip.GetAddressBytes();
        return IsFour(ip) ? bytes is [224, 0, 0, _] : bytes[0] == 0xff && (bytes[1] & 0x0f) == 2;
    }

    private static bool IsLinkLocalUnicast(IPAddress ip) => IsFour(ip) ? ip.GetAddressBytes() is [169, 254, ..] : ip.IsIPv6LinkLocal;

    private static bool IsGlobalUnicast(IPAddress ip)
    {
        var isMulticast = IsFour(ip) ? ip.GetAddressBytes()[0] is >= 224 and <= 239 : ip.IsIPv6Multicast;
        return !isMulticast && !IPAddress.IsLoopback(ip) && !IsLinkLocalUnicast(ip) && !ip.Equals(IPAddress.Any) && !ip.Equals(IPAddress.IPv6Any)
            && !ip.Equals(IPAddress.Broadcast);
    }
}

internal sealed record CelIp(IPAddress Address) : CelValue
{
    internal override CelType Type => CelType.Ip;
}

internal sealed record CelCidr(IPAddress Address, int Length) : CelValue
{
    internal override CelType Type => CelType.Cidr;

    /// <summary>The range, whatever bits of the address lie beyond the prefix.</summary>
    public IPNetwork Network
    {
        get
        {
            var bytes = Address.GetAddressBytes();
            for (var bit = Length; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
            return new(new IPAddress(bytes), Length);
        }
    }
}
