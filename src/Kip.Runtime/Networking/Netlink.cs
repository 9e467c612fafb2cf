using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Networking;

/// <summary>A conversation with the kernel about links, addresses and routes of the network namespace in which it was opened.</summary>
internal sealed unsafe class Netlink : IDisposable
{
    private const int Family = 16;
    private const int RawSocket = 3;
    private const ushort NewLink = 16, DeleteLink = 17, NewAddress = 20, NewRoute = 24;
    private const ushort Create = 0x400, Exclusive = 0x200;
    private const ushort LinkName = 3, LinkMtu = 4, LinkMaster = 10, LinkInfo = 18, LinkNamespace = 28;
    private const ushort InfoKind = 1, InfoData = 2, VethPeer = 1;
    private const ushort AddressValue = 1, AddressLocal = 2;
    private const ushort RouteGateway = 5, RouteInterface = 4;
    private const uint Up = 1;

    private readonly int _socket;
    private uint _sequence;

    /// <exception cref="IOException">The kernel gives no such socket.</exception>
    public Netlink()
    {
        _socket = LibC.Socket(Family, RawSocket | LibC.CloseOnExec, 0);
        if (_socket < 0) throw new IOException($"no netlink socket: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Makes a bridge that is up.</summary>
    public void AddBridge(string name, int mtu) => Ask(
        $"bridge {name}", new NetlinkMessage(NewLink, Create | Exclusive).Link(0, Up).Attribute(LinkName, name).Attribute(LinkMtu, mtu)
            .Nested(LinkInfo, static info => info.Attribute(InfoKind, "bridge")));

    /// <summary>Makes a pair of links: one, up, at a bridge here, the other, <c>eth0</c>, still down, in another network namespace.</summary>
    public void AddPair(string name, int bridge, int @namespace, int mtu) => Ask(
        $"link {name}", new NetlinkMessage(NewLink, Create | Exclusive).Link(0, Up).Attribute(LinkName, name).Attribute(LinkMtu, mtu)
            .Attribute(LinkMaster, bridge)
            .Nested(LinkInfo, info => info.Attribute(InfoKind, "veth").Nested(InfoData, data => data.Nested(VethPeer, peer => peer
                .Link(0, 0).Attribute(LinkName, "eth0").Attribute(LinkMtu, mtu).Attribute(LinkNamespace, @namespace)))));

    public void SetUp(int link) => Ask("link up", new NetlinkMessage(NewLink, 0).Link(link, Up));

    public void AddAddress(int link, IPAddress address, int prefix) => Ask(
        $"address {address}", new NetlinkMessage(NewAddress, Create | Exclusive).Address(link, (byte)prefix)
            .Attribute(AddressLocal, address.GetAddressBytes()).Attribute(AddressValue, address.GetAddressBytes()));

    public void AddDefaultRoute(int link, IPAddress gateway) => Ask(
        $"route via {gateway}", new NetlinkMessage(NewRoute, Create | Exclusive).DefaultRoute()
            .Attribute(RouteGateway, gateway.GetAddressBytes()).Attribute(RouteInterface, link));

    /// <summary>Removes a link; one that is not there is no mistake.</summary>
    public void Delete(string name)
    {
        var index = LibC.InterfaceIndex(name);
        if (index == 0) return;
        const int NoSuchDevice = 19;
        var error = Send(new NetlinkMessage(DeleteLink, 0).Link((int)index, 0));
        if (error is not (0 or NoSuchDevice)) throw new IOException($"link {name} cannot be removed: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    public void Dispose() => _ = LibC.Close(_socket);

    private void Ask(string what, NetlinkMessage message)
    {
        var error = Send(message);
        if (error != 0) throw new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    /// <summary>The kernel's answer: 0, or an error number.</summary>
    private int Send(NetlinkMessage message)
    {
        var bytes = message.Finish(++_sequence);
        fixed (byte* start = bytes)
            if (LibC.Write(_socket, start, bytes.Length) < 0) return Marshal.GetLastPInvokeError();
        var answer = stackalloc byte[8192];
        while (true)
        {
            var count = LibC.Read(_socket, answer, 8192);
            if (count < 0 && Marshal.GetLastPInvokeError() == LibC.Interrupted) continue;
            if (count < 20) return count < 0 ? Marshal.GetLastPInvokeError() : LibC.InvalidArgument;
            var span = new ReadOnlySpan<byte>(answer, (int)count);
            // An acknowledgement is an error message whose error is 0.
            const ushort ErrorMessage = 2;
            if (BinaryPrimitives.ReadUInt16LittleEndian(span[4..]) == ErrorMessage && BinaryPrimitives.ReadUInt32LittleEndian(span[8..]) == _sequence)
                return -BinaryPrimitives.ReadInt32LittleEndian(span[16..]);
        }
    }
}
