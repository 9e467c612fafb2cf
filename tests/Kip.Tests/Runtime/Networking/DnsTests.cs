using System.Buffers.Binary;
using System.Net;
using System.Text;
using Kip.Runtime.Networking;
using Kip.Runtime.Networking.Dns;
using Shouldly;

namespace Kip.Tests.Runtime.Networking;

public class DnsTests
{
    private static readonly Subnet Pods = new(10u << 24 | 89u << 16, 20);

    private static byte[] Query(string name, ushort type = 1, ushort flags = 0x0100)
    {
        var packet = new List<byte> { 0x12, 0x34, (byte)(flags >> 8), (byte)flags, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (var label in name.Split('.'))
        {
            packet.Add((byte)label.Length);
            packet.AddRange(Encoding.ASCII.GetBytes(label));
        }
        packet.AddRange([0, (byte)(type >> 8), (byte)type, 0, 1]);
        return [.. packet];
    }

    [Fact]
    public void A_query_is_read()
    {
        var question = DnsPacket.ReadQuery([.. Query("Hello.Default.svc.cluster.local", type: 28), 0xFF])!.Value;

        (question.Id, question.Name, question.Type, question.Class, question.RecursionDesired)
            .ShouldBe(((ushort)0x1234, "hello.default.svc.cluster.local", (ushort)28, (ushort)1, true));
    }

    [Fact]
    public void What_is_no_query_is_not_answered()
    {
        var query = Query("hello.default");
        for (var length = 0; length < query.Length; length++) DnsPacket.ReadQuery(query.AsSpan(0, length)).ShouldBeNull();
        DnsPacket.ReadQuery(Query("a", flags: 0x8000)).ShouldBeNull();
        byte[] pointer = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 1, 0, 1];
        DnsPacket.ReadQuery(pointer).ShouldBeNull();
    }

    [Fact]
    public void Any_bytes_are_read_without_harm()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(0, 80)];
            random.NextBytes(bytes);
            if (bytes.Length > 5) (bytes[2], bytes[4], bytes[5]) = (1, 0, 1);
            if (DnsPacket.ReadQuery(bytes) is { } question) question.End.ShouldBeLessThanOrEqualTo(bytes.Length);
        }
    }

    [Fact]
    public void An_answer_repeats_the_question_and_has_one_address()
    {
        var query = Query("hello.default.svc.cluster.local");
        var question = DnsPacket.ReadQuery(query)!.Value;

        var answer = DnsPacket.Answer(query, question, DnsPacket.NoError, IPAddress.Parse("10.89.0.1"), seconds: 5);

        answer[..2].ShouldBe(query[..2]);
        BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(2)).ShouldBe((ushort)0x8580);
        BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6)).ShouldBe((ushort)1);
        answer[12..question.End].ShouldBe(query[12..question.End]);
        answer[question.End..].ShouldBe([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 10, 89, 0, 1]);
        (DnsPacket.Answer(query, question, DnsPacket.NameError)[3] & 0xF).ShouldBe(3);
    }

    [Theory]
    [InlineData("hello.default.svc.cluster.local", 1, NameAnswer.Gateway)]
    [InlineData("hello.default.svc.cluster.local", 28, NameAnswer.Nothing)]
    [InlineData("other.default.svc.cluster.local", 1, NameAnswer.Unknown)]
    [InlineData("example.com.default.svc.cluster.local", 1, NameAnswer.Unknown)]
    [InlineData("cluster.local", 1, NameAnswer.Nothing)]
    [InlineData("example.com", 1, NameAnswer.Forward)]
    [InlineData("5.0.89.10.in-addr.arpa", 12, NameAnswer.Unknown)]
    [InlineData("8.8.8.8.in-addr.arpa", 12, NameAnswer.Forward)]
    public void Names_of_the_cluster_are_answered_and_others_handed_on(string name, int type, NameAnswer answer) =>
        ClusterNames.Decide(new DnsQuestion(1, name, (ushort)type, 1, 0, true), Pods, static host => host == "hello.default.svc.cluster.local")
            .ShouldBe(answer);

    [Fact]
    public void The_machines_resolvers_are_read() =>
        HostResolvers.Parse(["# comment", "nameserver 10.0.0.2", "search a b", "nameserver\t::1", "nameserver x"])
            .Select(static e => e.Address.ToString()).ShouldBe(["10.0.0.2", "::1"]);
}
