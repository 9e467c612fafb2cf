using System.Text;
using Kip.ApiServer.Http.Verbs;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Time;
using Shouldly;

namespace Kip.Tests.ApiServer.Http.Lists;

public class ListedTextsTests
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void A_text_is_written_once_for_an_object_and_anew_for_its_next_version()
    {
        var texts = new ListedTexts(_time);
        var first = Map("a", "1");
        var text = texts.Of(ConfigMap.Definition, first);
        texts.Of(ConfigMap.Definition, first).ShouldBeSameAs(text);
        Encoding.UTF8.GetString(texts.Of(ConfigMap.Definition, first with { Data = StringMap.Of(("k", "é\"<")) })).ShouldContain("\"k\":\"é\\\"<\"");
        texts.Bytes.ShouldBeLessThan(2 * text.Length + 400);
    }

    [Fact]
    public void What_no_list_asks_for_goes()
    {
        var texts = new ListedTexts(_time);
        var (wanted, unwanted) = (Map("wanted", "1"), Map("unwanted", "1"));
        var text = texts.Of(ConfigMap.Definition, wanted);
        texts.Of(ConfigMap.Definition, unwanted);
        var both = texts.Bytes;
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(Period);
            texts.Of(ConfigMap.Definition, wanted).ShouldBeSameAs(text);
        }
        texts.Bytes.ShouldBeLessThan(both);
        _time.Advance(Period);
        _time.Advance(Period);
        texts.Bytes.ShouldBe(0);
        // And it begins again.
        texts.Of(ConfigMap.Definition, wanted).ShouldBe(text);
        _time.Advance(Period);
        _time.Advance(Period);
        texts.Bytes.ShouldBe(0);
    }

    [Fact]
    public void Without_room_lists_write_as_before()
    {
        var texts = new ListedTexts(_time, mostBytes: 1000);
        var maps = Enumerable.Range(0, 20).Select(static i => Map($"m-{i}", "1")).ToArray();
        foreach (var map in maps) Encoding.UTF8.GetString(texts.Of(ConfigMap.Definition, map)).ShouldContain($"\"{map.Metadata.Name}\"");
        foreach (var map in maps) Encoding.UTF8.GetString(texts.Of(ConfigMap.Definition, map)).ShouldContain($"\"{map.Metadata.Name}\"");
        texts.Bytes.ShouldBeInRange(1, 1000);
    }

    private static ConfigMap Map(string name, string value) =>
        new() { Metadata = new() { Name = name, Namespace = "default" }, Data = StringMap.Of(("k", value)) };
}
