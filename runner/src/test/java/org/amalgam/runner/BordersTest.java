package org.amalgam.runner;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures;
import org.jspecify.annotations.NullMarked;

/** The borders between modules and packages, as ARCHITECTURE draws them. */
@AnalyzeClasses(
    packages = "org.amalgam",
    importOptions = {ImportOption.DoNotIncludeTests.class, BordersTest.NoPages.class})
class BordersTest {
  /** Leaves out the classes that the build generates from the page templates. */
  static final class NoPages implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/runner/pages/");
    }
  }

  @ArchTest
  static final ArchRule modulesAreLayers =
      Architectures.layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("artifacts")
          .definedBy("org.amalgam.artifacts..")
          .layer("pipelines")
          .definedBy("org.amalgam.pipelines..")
          .layer("stages")
          .definedBy("org.amalgam.stages..")
          .layer("runner")
          .definedBy("org.amalgam.runner..")
          .whereLayer("runner")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("stages")
          .mayOnlyBeAccessedByLayers("runner")
          .whereLayer("pipelines")
          .mayOnlyBeAccessedByLayers("stages", "runner");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("org.amalgam.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule artifactsUseTheJdkOnly =
      classes()
          .that()
          .resideInAPackage("org.amalgam.artifacts..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "org.amalgam.artifacts..", "org.jspecify..");

  @ArchTest
  static final ArchRule onlyStagesKnowTheTensorEngine =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.amalgam.stages..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule trainingStandsAlone = standsAlone("training", "merging", "evaluation");

  @ArchTest
  static final ArchRule mergingStandsAlone = standsAlone("merging", "training", "evaluation");

  @ArchTest
  static final ArchRule evaluationStandsAlone = standsAlone("evaluation", "training", "merging");

  /**
   * The engine's overloads for numbers free what backward still reads, and a cast to bfloat16 kills
   * the virtual machine: both belong into scripts.
   */
  @ArchTest
  static final ArchRule numbersAndCastsStandInScripts =
      noClasses()
          .should()
          .callMethodWhere(
              DescribedPredicate.describe(
                  "a tensor takes a number or is cast",
                  call ->
                      call.getTargetOwner().isAssignableTo(NDArray.class)
                          && (call.getName().equals("toType")
                              || call.getTarget().getRawParameterTypes().stream()
                                  .anyMatch(type -> type.isEquivalentTo(Number.class)))));

  private static ArchRule standsAlone(String feature, String one, String other) {
    return noClasses()
        .that()
        .resideInAPackage("org.amalgam.stages." + feature + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.amalgam.stages." + one + "..", "org.amalgam.stages." + other + "..");
  }

  @ArchTest
  static final ArchRule namesSayWhatAThingIs =
      noClasses()
          .should()
          .haveNameMatching(".*(Impl|Manager|Utils?|Helper|Support|Common|Base)(\\$.*)?");

  @ArchTest
  static final ArchRule everyPackageIsNullMarked =
      classes()
          .should(
              new ArchCondition<JavaClass>("be in a package annotated @NullMarked") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                    events.add(
                        SimpleConditionEvent.violated(
                            type, type.getPackageName() + " has no @NullMarked package-info"));
                  }
                }
              });

  @ArchTest
  static final ArchRule keyCodeNeverWalksAHashMap =
      noClasses()
          .that()
          .resideInAPackage("org.amalgam.pipelines.plan")
          .or()
          .haveSimpleNameStartingWith("Json")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.HashMap");
}
