using Kip.CloudEvents;
using Kip.CloudEvents.Extensions;
using Shouldly;

namespace Kip.Tests.CloudEvents.Extensions;

/// <summary>The documented extensions: their MUSTs apply when the extension is used, and nowhere else.</summary>
public class DocumentedExtensionsTests
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Theory]
    [InlineData("traceparent=" + Trace)]
    [InlineData("traceparent=" + Trace, "tracestate=a=b")]
    [InlineData("traceparent=cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-later")]
    [InlineData("partitionkey=k")]
    [InlineData("sequence=0001")]
    [InlineData("dataref=https://x/y")]
    [InlineData("sampledrate=1")]
    [InlineData("expirytime=2026-01-01T00:00:00Z")]
    [InlineData("recordedtime=2026-01-01T00:00:00Z")]
    [InlineData("severitynumber=9", "severitytext=INFO")]
    [InlineData("severitynumber=0")]
    [InlineData("authtype=user", "authid=me", "authclaims={\"a\":1}")]
    [InlineData("bamtxid=1", "bampid=1", "bamptxid=1", "bamptxsid=1", "bamptxcompleted=true")]
    [InlineData("correlationid=1", "causationid=2")]
    [InlineData("dataclassification=public", "dataregulation=GDPR")]
    [InlineData("deprecated=true", "deprecationfrom=2026-01-01T00:00:00Z", "deprecationsunset=2026-02-01T00:00:00Z", "deprecationmigration=https://x/")]
    [InlineData("opcuametadatamajorversion=1")]
    [InlineData("somebodyelses=")]
    public void Used_as_documented_they_pass(params string[] attributes) => Check(attributes)?.ToString().ShouldBeNull();

    [Theory]
    [InlineData("traceparent", "traceparent=nonsense")]
    [InlineData("traceparent", "traceparent=00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("traceparent", "traceparent=00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01")]
    [InlineData("traceparent", "traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x")]
    [InlineData("traceparent", "traceparent=ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("traceparent", "tracestate=a=b")]
    [InlineData("partitionkey", "partitionkey=")]
    [InlineData("sequence", "sequence=")]
    [InlineData("dataref", "dataref=a b")]
    [InlineData("sampledrate", "sampledrate=0")]
    [InlineData("sampledrate", "sampledrate=x")]
    [InlineData("expirytime", "expirytime=soon")]
    [InlineData("recordedtime", "recordedtime=2026")]
    [InlineData("severitynumber", "severitynumber=-1")]
    [InlineData("severitynumber", "severitytext=INFO")]
    [InlineData("authtype", "authtype=robot")]
    [InlineData("authtype", "authid=me")]
    [InlineData("authclaims", "authtype=user", "authclaims=not json")]
    [InlineData("bampid", "bamtxid=1")]
    [InlineData("bamtxid", "bamtxid=")]
    [InlineData("correlationid", "correlationid=")]
    [InlineData("causationid", "causationid=")]
    [InlineData("dataclassification", "dataregulation=GDPR")]
    [InlineData("deprecated", "deprecated=false")]
    [InlineData("deprecated", "deprecationfrom=2026-01-01T00:00:00Z")]
    [InlineData("deprecationsunset", "deprecated=true", "deprecationfrom=2026-02-01T00:00:00Z", "deprecationsunset=2026-01-01T00:00:00Z")]
    [InlineData("deprecationmigration", "deprecated=true", "deprecationmigration=/relative")]
    [InlineData("opcuametadataminorversion", "opcuametadataminorversion=1", "dataschema=urn:a")]
    [InlineData("dssematerial", "dssematerial=***")]
    public void Their_MUSTs_are_named(string attribute, params string[] attributes)
    {
        var error = Check(attributes);
        error.ShouldNotBeNull();
        error.Rule.ShouldBe(CloudEventRule.Extension);
        error.Attribute.ShouldBe(attribute);
    }

    private static CloudEventError? Check(string[] attributes)
    {
        var builder = Samples.Builder();
        foreach (var attribute in attributes)
        {
            var equals = attribute.IndexOf('=');
            builder.Set(attribute[..equals], attribute[(equals + 1)..]);
        }
        return DocumentedExtensions.Check(builder.Build());
    }
}
