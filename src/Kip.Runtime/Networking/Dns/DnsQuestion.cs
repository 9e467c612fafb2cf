namespace Kip.Runtime.Networking.Dns;

/// <summary>What a query asks for.</summary>
/// <param name="Id">Repeated in the answer.</param>
/// <param name="Name">In lower case, without the last dot.</param>
/// <param name="Type">1 is an IPv4 address.</param>
/// <param name="Class">1 is the internet.</param>
/// <param name="End">Where the question ends in the packet.</param>
/// <param name="RecursionDesired">Repeated in the answer.</param>
public readonly record struct DnsQuestion(ushort Id, string Name, ushort Type, ushort Class, int End, bool RecursionDesired);
