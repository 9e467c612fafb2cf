using System.Text;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Resources.Planning;
using Kip.Rules.Networking;
using Shouldly;

namespace Kip.Tests.Serving.DomainMappings;

public class CertificatePlannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Certificate Wanted = new()
    {
        Metadata = new ObjectMeta { Name = "c", Namespace = "n", Uid = "u", Generation = 3 },
        Spec = new CertificateSpec { DnsNames = ["a.example.com", "b.example.com"], SecretName = "s" },
    };

    private static (Plan Plan, int Issued) Plan(Secret? secret, DateTimeOffset? now = null, Certificate? certificate = null)
    {
        var issued = 0;
        var plan = CertificatePlanner.Plan(new CertificateView(certificate ?? Wanted, secret, now ?? Now), names =>
        {
            issued++;
            return new IssuedPair($"cert of {string.Join(' ', names)}", "key", (now ?? Now).AddDays(90));
        });
        return (plan, issued);
    }

    private static Secret Made() => ((Secret)((Edit.Create)Plan(null).Plan.Edits.Single()).Object) with { };

    private static CertificateStatus Status(Plan plan) => ((Certificate)plan.Status!).Status;

    [Fact]
    public void A_secret_is_made_with_certificate_and_key()
    {
        var (plan, _) = Plan(null);

        var secret = (Secret)((Edit.Create)plan.Edits.Single()).Object;
        (secret.Metadata.Name, secret.Metadata.Namespace, secret.Type).ShouldBe(("s", "n", "kubernetes.io/tls"));
        Encoding.UTF8.GetString(Convert.FromBase64String(secret.Data["tls.crt"])).ShouldBe("cert of a.example.com b.example.com");
        Encoding.UTF8.GetString(Convert.FromBase64String(secret.Data["tls.key"])).ShouldBe("key");
        secret.IsControlledBy(Wanted).ShouldBeTrue();
        secret.Metadata.Labels["networking.internal.knative.dev/certificate-uid"].ShouldBe("u");
        (Status(plan).ObservedGeneration, Status(plan).NotAfter, Status(plan).Conditions.IsTrue("Ready")).ShouldBe((3L, Now.AddDays(90), true));
    }

    [Fact]
    public void What_is_valid_stays_until_a_month_before_its_end_or_other_names()
    {
        var secret = Made();
        Plan(secret).Issued.ShouldBe(0);
        Plan(secret, Now.AddDays(59)).Issued.ShouldBe(0);
        Plan(secret, Now.AddDays(61)).Issued.ShouldBe(1);
        Plan(secret, certificate: Wanted with { Spec = Wanted.Spec with { DnsNames = ["a.example.com"] } }).Issued.ShouldBe(1);
        Plan(secret with { Data = secret.Data.Without("tls.key") }).Issued.ShouldBe(1, "somebody took the key out");
        Plan(secret, Now.AddDays(59.9)).Plan.RequeueAfter!.Value.ShouldBe(TimeSpan.FromDays(60) - TimeSpan.FromDays(59.9), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_secret_that_is_somebody_elses_is_left_alone()
    {
        var (plan, issued) = Plan(new Secret { Metadata = new ObjectMeta { Name = "s", Namespace = "n" } });

        (issued, plan.Edits.Count).ShouldBe((0, 0));
        var ready = Status(plan).Conditions.Find("Ready")!;
        (ready.Status, ready.Reason).ShouldBe((ConditionStatus.False, "SecretNotOwned"));
    }
}
