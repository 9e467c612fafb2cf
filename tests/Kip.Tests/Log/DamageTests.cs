using Kip.Log;
using Kip.Testing.Log;
using Shouldly;

namespace Kip.Tests.Log;

public class DamageTests
{
    private const ulong Records = 24;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Any_flipped_bit_is_found_costs_at_most_its_own_record_and_the_rest_is_served(bool verifyAll)
    {
        var files = await FourSegments();
        var options = Written.Inline(segmentBytes: 400) with { VerifyAll = verifyAll };
        files.List().Count.ShouldBe(4);
        foreach (var name in files.List())
        {
            for (var bit = 0; bit < files.Content(name).Length * 8; bit++)
            {
                var damaged = files.Copy();
                damaged.Flip(name, bit / 8, (byte)(1 << (bit % 8)));

                await using var log = DurableLog.Open(damaged, options);
                var served = Written.All(log);
                var lost = Written.Range(1, Records).Except(served).ToList();

                lost.Count.ShouldBeLessThanOrEqualTo(1, $"{name} bit {bit}");
                lost.ShouldBe(log.Damaged.SelectMany(d => Written.Range(d.First, d.Last)), $"{name} bit {bit}");
                (log.Damaged.Length == 1 || log.Recovered.TornBytes > 0).ShouldBeTrue($"{name} bit {bit} went unnoticed");
                log.Append(Written.Payload(Records + 1)).ShouldBe(Records + 1, $"{name} bit {bit}");
            }
        }
    }

    [Fact]
    public async Task Damage_stays_reported_and_the_rest_served_over_restarts_and_new_records()
    {
        var files = await FourSegments();
        var last = files.List().Order().Last();
        files.Flip(last, files.Content(last).Length - 30, 1); // in the last record
        for (var i = 0UL; i < 3; i++)
        {
            await using var log = DurableLog.Open(files, Written.Inline(400));
            log.Recovered.Damaged.Single().First.ShouldBe(Records);
            Written.All(log).ShouldBe(Written.Range(1, Records + i).Where(s => s != Records));
            Written.Append(log, 1);
        }
    }

    [Fact]
    public async Task A_damaged_stretch_costs_the_records_in_it_and_the_reader_goes_on_behind_it()
    {
        var files = new FaultyFiles(1);
        await using (var log = DurableLog.Open(files, Written.Inline()))
        {
            Written.Append(log, 200);
        }

        var random = new Random(5);
        for (var offset = 2000; offset < 2600; offset++)
        {
            files.Flip(files.List()[0], offset, (byte)random.Next(1, 256));
        }

        await using var again = DurableLog.Open(files, Written.Inline());
        var range = again.Recovered.Damaged.Single();
        Written.All(again).ShouldBe(Written.Range(1, 200).Except(Written.Range(range.First, range.Last)));
        range.Bytes.ShouldBeInRange(600, 600 + (2 * (24 + 61)));
    }

    [Fact]
    public async Task A_missing_segment_is_reported_and_the_others_are_served()
    {
        var files = await FourSegments();
        var names = files.List().Order().ToList();
        files.Delete(names[1]);
        await using var log = DurableLog.Open(files, Written.Inline(400));
        var range = log.Recovered.Damaged.Single();
        range.First.ShouldBe(ulong.Parse(names[1][..20]));
        range.Last.ShouldBe(ulong.Parse(names[2][..20]) - 1);
        Written.All(log).ShouldBe(Written.Range(1, Records).Except(Written.Range(range.First, range.Last)));
        Written.All(log, from: range.First).ShouldBe(Written.Range(range.Last + 1, Records));
    }

    [Fact]
    public async Task A_record_cannot_be_forged_by_another_records_content()
    {
        // A record holds the bytes of a whole other log; the header before it is damaged, so the log looks for a place to go on.
        var other = await FourSegments(identity: 99);
        var forged = other.Content(other.List().Order().First());
        var files = new FaultyFiles(1);
        await using (var log = DurableLog.Open(files, Written.Inline()))
        {
            log.Append(forged);
            log.Append(Written.Payload(2));
        }

        files.Flip(files.List()[0], 85, 1);
        (await Written.Reopen(files)).Records.ShouldBe([2]);
    }

    [Fact]
    public async Task Data_of_a_newer_version_is_refused_untouched()
    {
        var files = await FourSegments();
        var name = files.List().Order().Last();
        var content = files.Content(name).ToArray();
        foreach (var copy in new[] { 0, 40 })
        {
            content[copy + 8] = 2;
            BitConverter.GetBytes(Kip.Log.Format.Crc32C.Add(uint.MaxValue, content.AsSpan(copy, 36))).CopyTo(content, copy + 36);
        }

        files.Put(name, content);
        var before = files.List().ToDictionary(n => n, n => Convert.ToHexString(files.Content(n)));
        var operations = files.Operations;

        Should.Throw<LogVersionException>(() => DurableLog.Open(files, Written.Inline())).Message.ShouldContain("version 2");

        files.Operations.ShouldBe(operations);
        files.List().ToDictionary(n => n, n => Convert.ToHexString(files.Content(n))).ShouldBe(before);
    }

    [Fact]
    public async Task A_log_without_one_readable_header_is_set_aside_whole_and_reported()
    {
        var files = new FaultyFiles(1);
        await using (var log = DurableLog.Open(files, Written.Inline()))
        {
            Written.Append(log, 3);
        }

        var name = files.List()[0];
        files.Flip(name, 3, 1);
        files.Flip(name, 43, 1);
        var content = files.Content(name).ToArray();

        await using var again = DurableLog.Open(files, Written.Inline());

        again.Recovered.Damaged.Single().What.ShouldContain("set aside");
        files.Content(name + ".unreadable").ShouldBe(content);
        Written.All(again).ShouldBeEmpty();
        again.Append(Written.Payload(1)).ShouldBe(1UL);
    }

    [Fact]
    public async Task Damage_that_comes_while_the_log_is_open_is_reported_by_the_reader_that_meets_it()
    {
        var files = new FaultyFiles(1);
        await using var log = DurableLog.Open(files, Written.Inline());
        Written.Append(log, 10);
        files.Flip(files.List()[0], 110, 4);
        Written.All(log).Count.ShouldBe(9);
        Written.All(log).Count.ShouldBe(9);
        log.Damaged.Single().Records.ShouldBe(1UL);
    }

    private static async Task<FaultyFiles> FourSegments(ulong identity = 7)
    {
        var files = new FaultyFiles(1);
        await using var log = DurableLog.Open(files, Written.Inline(segmentBytes: 400) with { NewIdentity = () => identity });
        Written.Append(log, (int)Records);
        return files;
    }
}
